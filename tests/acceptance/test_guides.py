"""What the guides teach, run by services: five locations of code that says `import dagster`, in one deployment.

Most of the code says itself what it expects, so that a run that succeeds proves that it got it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from headrace.client import Client, Run
from rig import dev
from rig.dev import DevInstance
from rig.processes import Supervisor
from rig.waiting import wait_until

WORKSPACE = Path(__file__).parent / "locations/guides/workspace.yaml"
SECONDS = 60.0


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    directory = tmp_path_factory.mktemp("guides")
    supervisor = Supervisor(directory)
    env = {"GUIDES_TOKEN": "t0ken", "GUIDES_PORT": "7", "GUIDES_DIRECTORY": str(directory)}
    try:
        yield dev.start(supervisor, directory / "home", "-w", WORKSPACE, env=env)
    finally:
        supervisor.close()


@pytest.fixture
def client(instance: DevInstance) -> Iterator[Client]:
    with instance.client() as client:
        yield client


def ended(client: Client, *runs: Run) -> list[str]:
    """What runs that were queued before came to."""
    done = [client.wait(run.run_id, timeout=SECONDS) for run in runs]
    return ["" if each.succeeded else f"{each.title}: {each.failure and each.failure.root.message}" for each in done]


def all_succeed(client: Client, *runs: Run) -> None:
    assert ended(client, *runs) == [""] * len(runs)


def metadata(client: Client, key: str) -> Mapping[str, Any]:
    latest = client.assets.get(key).latest_materialization
    assert latest is not None
    found: Mapping[str, Any] = latest.detail["metadata"]
    return found


def test_ops_graphs_and_jobs(client: Client) -> None:
    jobs = ["branching", "nested", "dynamic", "robust", "logging_job", "chain"]
    runs = [client.submit_job(job, location_name="ops") for job in jobs]
    by_hand = {"ops": {"shout": {"inputs": {"word": {"text": "seven"}}}}}
    runs += [
        client.submit_job("by_hand", run_config=by_hand),
        client.submit_job("chain", op_selection=["b*"], run_config={"ops": {"b": {"inputs": {"x": {"value": 1}}}}}),
    ]
    failing = [client.submit_job(job) for job in ("failing", "wrong_type")]
    all_succeed(client, *runs)
    failed, mistyped = ended(client, *failing)
    assert failed == "failing: no data today"
    assert 'Type check failed for step output "result" - expected type "Even"' in mistyped
    steps = {event.step_key for event in client.events(runs[0].run_id)}
    assert {"two", "route", "take_small", "collect", "clean_up", "last", "take_big"} <= steps
    told = [event.message for event in client.events(failing[0].run_id)]
    assert any("hook saw Failure" in line for line in told)


def test_config_and_resources(client: Client) -> None:
    report = {"name": "sales", "inner": {"port": 1}, "color": "BLUE", "labels": {"a": "b"}}
    ops = {
        "pydantic_config": {"config": {**report, "animal": {"dog": {"tricks": ["sit"]}}}},
        "open_config": {"config": {"known": 1, "other": 2}},
        "preset_config": {"config": {"url": "u"}},
    }
    all_succeed(
        client,
        client.submit_job("preconfigured_job"),
        client.submit_job("configured_job", run_config={"ops": ops}),
        client.submit_job("file_job"),
        client.submit_job("configured_at_launch", run_config={"resources": {"database": {"config": {"host": "db3"}}}}),
        client.materialize(["queried", "counted", "with_own", "bound_late"]),
        client.materialize(["kept", "reads_kept", "lines", "more_lines", "both"]),
    )
    assert metadata(client, "lines")["lines"] == 2


def test_assets_checks_and_metadata(client: Client) -> None:
    all_succeed(client, client.materialize(["feed", "api"]), client.submit_job("shop_job"))
    failing = client.materialize(["stock", "after_stock"])
    all_succeed(
        client,
        client.submit_job("check_job"),
        client.submit_job("text_job"),
        client.submit_job("up_job"),
        client.materialize(["left"]),
        client.materialize(["made_a", "made_b", "one", "two"]),
    )
    assert "1 blocking asset check failed" in ended(client, failing)[0]
    orders = client.assets.get("orders")
    assert (orders.group_name, orders.code_version, set(orders.kinds)) == ("shop", "1", {"python", "table"})
    assert {name: event.detail["passed"] for name, event in orders.checks.items()}["orders_not_empty"] is True
    assert orders.freshness == ""
    assert len(metadata(client, "orders")) == 19
    summary = client.assets.get("summary")
    assert summary.freshness == "PASS" and summary.latest_materialization is not None
    versions = {
        name.rpartition("/")[2]: version
        for name, version in summary.latest_materialization.detail["tags"].items()
        if name.startswith("headrace/input_data_version/")
    }
    assert versions == {"feed": "feed-7", "api": "api-1"}
    assert client.assets.get("raw").observation_count > 0
    assert client.assets.get("right").materialization_count == 0
    assert metadata(client, "left")["selected"] == 1
    assert client.assets.get("made_a").tags["mapped"] == "yes"


def test_partitions(client: Client) -> None:
    client.partitions.add("guide_tenants", ["zoe"])
    backfills = [
        client.backfills.create(assets=["hours"], whole=True),
        client.backfills.create(assets=["events"], ranges=[("2024-01-01", "2024-01-31")]),
        client.backfills.create(assets=["cell"], partition_keys=[f"2024-01-0{day}|eu" for day in (1, 2)]),
    ]
    each_region = [client.materialize(["region", "stored"], partition_key=key) for key in ("eu", "us")]
    partitions = {
        "rolling": "2024-01-01",
        "odd_windows": "2024-01-01-06",
        "by_week": "2024-01-08",
        "tenant": "zoe",
    }
    all_succeed(
        client,
        *each_region,
        *(client.materialize([asset], partition_key=key) for asset, key in partitions.items()),
        client.submit_job("day_job", partition_key="2024-01-05"),
        client.submit_job("letter_job", partition_key="x"),
        client.submit_job("region_job", partition_key="us"),
    )
    over = [wait_until(lambda each=each: _over(client, each.backfill_id), SECONDS) for each in backfills]
    assert [each.succeeded for each in over] == [True, True, True], over
    all_succeed(
        client,
        client.materialize(["newest", "only_eu", "everywhere", "gathered"]),
        client.materialize(["country"], partition_key="de"),
        client.materialize(["by_month"], partition_key="2024-01-01"),
        client.materialize(["rolling"], partition_key="2024-01-02"),
        client.materialize(["shifted"], partition_key="2024-01-03|eu"),
    )
    assert metadata(client, "hours")["keys"] == 48
    assert client.assets.partitions("events").materialized.count == 31
    assert client.assets.get("region").checks["region_known"].detail["passed"] is True


def _over(client: Client, backfill_id: str) -> Any:
    found = client.backfills.get(backfill_id)
    return found if found.is_over else None


def test_schedules(client: Client) -> None:
    names = ["plain", "several", "decorated", "two_at_once", "never", "not_now", "fails"]
    ticks = {name: client.schedules.trigger(name).tick for name in names}
    assert {name: (tick.result, len(tick.run_ids)) for name, tick in ticks.items()} == {
        "plain": ("succeeded", 1),
        "several": ("succeeded", 1),
        "decorated": ("succeeded", 1),
        "two_at_once": ("succeeded", 2),
        "never": ("skipped", 0),
        "not_now": ("skipped", 0),
        "fails": ("failed", 0),
    }
    assert ticks["never"].skip_message == "not today"
    assert ticks["fails"].failure is not None and ticks["fails"].failure.message == "the calendar is gone"
    (run,) = ticks["decorated"].run_ids
    assert client.get_run(run).run_config["ops"]["tell"]["config"]["by"].startswith("Mars-20")
    all_succeed(client, *(client.get_run(run) for tick in ticks.values() for run in tick.run_ids))


def test_sensors(client: Client) -> None:
    first, again = (client.sensors.trigger("once").tick for _ in range(2))
    assert (len(first.run_ids), first.cursor, again.skip_message) == (1, "1", "seen 1")
    asked = client.sensors.trigger("new_customers").tick
    assert len(asked.run_ids) == 2 and client.partitions.list("guide_customers") == ["ann", "bob"]
    assert client.sensors.trigger("new_customers").tick.skip_message == "nobody new"
    assert "source_a, source_b" in client.sensors.trigger("on_both").tick.skip_message
    client.sensors.trigger("reports")
    outside = client.assets.get("outside")
    assert (outside.materialization_count, outside.observation_count, set(outside.checks)) == (1, 1, {"ok"})
    broken = client.submit_job("broken")
    (asked_for,) = client.sensors.trigger("stale_sources").tick.run_ids
    stale = client.get_run(asked_for)
    assert stale.asset_selection == ("source_a", "source_b")
    all_succeed(client, stale, client.materialize(["upstream"]))
    assert len(client.sensors.trigger("on_both").tick.run_ids) == 1
    assert (
        client.sensors.trigger("stale_sources").tick.skip_message == "None of the assets that are asked for is stale."
    )
    assert len(client.sensors.trigger("on_outside").tick.run_ids) == 1
    assert ended(client, broken) == ["broken: as it should"]
    expected = {"on_outside": "rows=5", "after_told": "told", "after_broken": "1 break_down"}
    for sensor, by in expected.items():
        run = wait_until(lambda name=sensor: next(iter(client.list_runs(tags={"from": name})), None), SECONDS)
        assert run.run_config == {"ops": {"tell": {"config": {"by": by}}}}


def test_conditions(client: Client) -> None:
    all_succeed(client, client.materialize(["upstream"]))
    wait_until(lambda: client.assets.get("furthest").materialization_count, SECONDS)
    made = client.assets.get("downstream").latest_materialization
    assert made is not None and "headrace/input_data_version/upstream" in made.detail["tags"]
    assert client.assets.get("yearly").materialization_count == 0
