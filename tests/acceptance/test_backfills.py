"""Backfills under `headrace dev`: many partitions, each made once, after what it is made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace.client import Backfill, Client
from headrace.errors import BackfillNotFinishedError, InvalidArgumentError, TargetNotFoundError
from rig import cli, dev
from rig.dev import DevInstance
from rig.processes import Supervisor
from rig.waiting import wait_until

LOCATION = Path(__file__).parent / "locations/backfills.py"
TWO_WEEKS = ("2024-01-07", "2024-01-20")


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backfills") / "mended"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory, mended: Path) -> Iterator[DevInstance]:
    directory = tmp_path_factory.mktemp("instance")
    supervisor = Supervisor(directory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKFILLS_MENDED", str(mended))
        try:
            yield dev.start(supervisor, directory / "home", "-f", LOCATION)
        finally:
            supervisor.close()


@pytest.fixture
def client(instance: DevInstance) -> Iterator[Client]:
    with instance.client() as client:
        yield client


def ended(client: Client, backfill: Backfill) -> Backfill:
    def look() -> Backfill | None:
        found = client.backfills.get(backfill.backfill_id)
        return found if found.is_over else None

    return wait_until(look, timeout=40, what="the end of the backfill")


def parts(backfill: Backfill) -> dict[str, tuple[int, int, int]]:
    return {part.asset_key: (part.target_count, part.made_count, part.failed_count) for part in backfill.parts}


def test_a_job_runs_once_for_each_partition_with_its_config(client: Client) -> None:
    done = ended(client, client.backfills.create(job_name="by_day", ranges=[("2024-01-01", "2024-01-12")]))
    assert (str(done.state), done.run_count, parts(done)) == ("succeeded", 12, {"": (12, 12, 0)})
    runs = client.list_runs(tags={"headrace/backfill": done.backfill_id}, limit=None)
    assert sorted(run.partition_key for run in runs) == [f"2024-01-{day:02}" for day in range(1, 13)]
    events = client.events(runs[0].run_id)
    assert any(runs[0].partition_key in event.message for event in events)


def test_assets_wait_for_what_they_are_made_from_and_a_retry_makes_what_failed(client: Client, mended: Path) -> None:
    backfill = client.backfills.create(assets=["orders", "reports", "summary"], ranges=[TWO_WEEKS], title="two weeks")
    done = ended(client, backfill)
    assert (str(done.state), done.title) == ("failed", "two weeks")
    assert parts(done) == {"orders": (14, 13, 1), "reports": (2, 1, 1), "summary": (1, 0, 1)}
    mended.touch()
    again = ended(client, client.backfills.retry(done.backfill_id))
    assert parts(again) == {"orders": (14, 14, 0), "reports": (2, 2, 0), "summary": (1, 1, 0)}
    assert (str(again.state), again.run_count) == ("succeeded", 3)


def test_a_policy_makes_many_partitions_in_one_run(client: Client) -> None:
    done = ended(client, client.backfills.create(assets=["in_ranges"], whole=True))
    assert (str(done.state), done.run_count, parts(done)) == ("succeeded", 6, {"in_ranges": (60, 60, 0)})
    assert client.assets.partitions("in_ranges").materialized.count == 60


def test_what_a_failed_run_has_made_is_made(client: Client) -> None:
    done = ended(client, client.backfills.create(assets=["suspicious"], ranges=[("2024-01-07", "2024-01-21")]))
    runs = client.list_runs(tags={"headrace/backfill": done.backfill_id}, limit=None)
    assert {str(run.state) for run in runs} == {"failed"}
    assert (str(done.state), done.run_count, parts(done)) == ("succeeded", 3, {"suspicious": (3, 3, 0)})


def test_a_cancel_ends_the_backfill_and_its_runs(client: Client) -> None:
    backfill = client.backfills.create(assets=["slow"], whole=True)
    tags = {"headrace/backfill": backfill.backfill_id}
    wait_until(lambda: client.list_runs(tags=tags, states=["running"], limit=1), what="a run at work")
    with pytest.raises(BackfillNotFinishedError):
        client.backfills.retry(backfill.backfill_id)
    client.backfills.cancel(backfill.backfill_id)
    done = ended(client, backfill)
    assert str(done.state) == "canceled"
    assert {str(run.state) for run in client.list_runs(tags=tags, limit=None)} == {"canceled"}


@pytest.mark.parametrize(
    ("error", "words", "wanted"),
    [
        (InvalidArgumentError, "2031-01-01", {"assets": ["orders"], "partition_keys": ["2031-01-01"]}),
        (TargetNotFoundError, "nobody", {"assets": ["nobody"], "whole": True}),
        (TargetNotFoundError, "nothing", {"job_name": "nothing", "whole": True}),
        (InvalidArgumentError, "which partitions", {"assets": ["orders"]}),
    ],
)
def test_what_cannot_be_made_is_refused_and_named(
    client: Client, error: type[Exception], words: str, wanted: dict[str, object]
) -> None:
    with pytest.raises(error, match=words):
        client.backfills.create(**wanted)  # type: ignore[arg-type]


def test_the_command_line_follows_a_backfill_and_its_exit_status_says_how_it_ended(instance: DevInstance) -> None:
    def headrace(*arguments: str) -> cli.Answer:
        return cli.run_cli("backfill", *arguments, env={"HEADRACE_TARGET": instance.target})

    done = headrace("create", "--asset", "orders", "--range", "2024-02-01", "2024-02-03", "--json")
    assert done.code == 0, done.err
    listed = headrace("list", "--json")
    assert done.json["backfill_id"] in {each["backfill_id"] for each in listed.json}
    wrong = headrace("create", "--asset", "orders")
    assert wrong.code == 2 and "--range" in wrong.err
    turned = headrace("create", "--asset", "orders", "--range", "2024-02-03", "2024-02-01")
    assert turned.code == 5 and "'2024-02-03' to '2024-02-01' is empty" in turned.err


def test_a_failed_run_without_a_job_is_called_by_its_assets_and_shown_with_the_line_that_failed(
    instance: DevInstance, mended: Path
) -> None:
    mended.unlink(missing_ok=True)
    failed = instance.cli("asset", "materialize", "orders", "--partition", "2024-01-10", "--json").json
    assert re.search(r"  orders +failed  ", instance.cli("run", "list", "--state", "failed").out)
    shown = instance.cli("run", "show", failed["run_id"]).out
    assert "Step orders, attempt 1" in shown and "__ASSET_JOB" not in shown
    assert re.search(r'backfills\.py", line \d+, in orders\n.*\nValueError: no orders on the tenth\n', shown)
