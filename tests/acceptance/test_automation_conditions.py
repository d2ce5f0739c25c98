"""Automation conditions under `headrace dev`: what is made makes what is made from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

import headrace as dg
from headrace.client import Backfill, Client, Run
from headrace.client.events import RunEvent
from rig import dev
from rig.dev import DevInstance
from rig.processes import Supervisor
from rig.waiting import wait_until

CONDITIONS = Path(__file__).parent / "locations/conditions.py"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    directory = tmp_path_factory.mktemp("conditions")
    supervisor = Supervisor(directory)
    try:
        started = dev.start(supervisor, directory / "home", "-f", CONDITIONS)
        with started.client() as client:
            for group in ("eager", "outside", "jobs"):
                # What was there before its first evaluation is no news to a condition.
                wait_until(
                    lambda name=f"{group}_conditions": client.sensors.ticks(name), what=f"the first tick of {group}"
                )
        yield started
    finally:
        supervisor.close()


@pytest.fixture
def client(instance: DevInstance) -> Iterator[Client]:
    with instance.client() as client:
        yield client


def runs_of(client: Client, group: str) -> list[Run]:
    return [run for run in client.list_runs(limit=100) if run.tags.get("group") == group]


def new_runs(client: Client, group: str, before: int, count: int) -> list[Run]:
    """Waits until the conditions of a group have made so many more runs that are over."""

    def look() -> list[Run] | None:
        found = [run for run in runs_of(client, group) if run.finish_time is not None]
        return found if len(found) >= before + count else None

    return wait_until(look, what=f"{count} more runs of {group}")[: -before or None]


def test_what_is_made_makes_what_is_below_by_itself_within_two_seconds(client: Client) -> None:
    for _ in range(2):
        before = len(runs_of(client, "eager"))
        made = client.wait(client.materialize(["orders"]).run_id)
        runs = new_runs(client, "eager", before, 1)
        below = next(run for run in runs if run.asset_selection)
        assert set(below.asset_selection) == {"totals", "report"}
        assert below.state.value == "succeeded"
        assert below.tags["headrace/from_automation_condition"] == "true"
        assert (below.create_time - made.finish_time).total_seconds() < 2.0


def test_a_condition_that_the_location_has_written_is_asked_there(client: Client) -> None:
    (run,) = new_runs(client, "custom", 0, 1)
    assert run.asset_selection == ("wanted",)
    lines = [line for tick in client.sensors.ticks("custom_conditions") for line in tick.log_lines]
    assert "INFO wanted: Wanted: asked for wanted" in lines


def test_partitions_that_are_requested_together_are_made_by_one_run_where_the_policy_says_so(client: Client) -> None:
    (run,) = new_runs(client, "regions", 0, 1)
    assert run.state.value == "succeeded"
    assert run.tags["headrace/asset_partition_range_start"] == "north"
    assert run.tags["headrace/asset_partition_range_end"] == "west"
    assert len(runs_of(client, "regions")) == 1


def test_many_partitions_are_asked_for_by_one_backfill(client: Client, instance: DevInstance) -> None:
    def look() -> Backfill | None:
        found = [each for each in client.backfills.list() if each.tags.get("group") == "together"]
        return found[0] if found and found[0].is_over else None

    backfill = wait_until(look, timeout=30, what="the end of the backfill")
    parts = {part.asset_key: (part.target_count, part.made_count) for part in backfill.parts}
    assert parts == {"together_counted": (12, 12), "together_priced": (12, 12)}
    ticks = client.sensors.ticks("together_conditions", limit=100)
    assert [each.asset_keys for tick in ticks for each in tick.backfills] == [("together_counted", "together_priced")]
    runs = runs_of(client, "together")
    assert len(runs) == backfill.run_count == 12
    assert {run.tags["headrace/backfill"] for run in runs} == {backfill.backfill_id}
    assert {run.tags["headrace/from_automation_condition"] for run in runs} == {"true"}
    assert f"made the backfill {backfill.backfill_id}" in " ".join(
        instance.cli("sensor", "ticks", "together_conditions").out.split()
    )


def test_a_sensor_may_ask_for_runs_instead(client: Client) -> None:
    runs = new_runs(client, "apart", 0, 12)
    assert len(runs) == 12
    assert not any("headrace/backfill" in run.tags for run in runs)


def test_what_others_report_counts_too(client: Client, instance: DevInstance) -> None:
    before = len(runs_of(client, "outside"))
    with dg.Instance.remote(instance.target) as records:
        records.report_runless_asset_event(dg.AssetMaterialization("warehouse"))
    (run,) = new_runs(client, "outside", before, 1)
    assert run.asset_selection == ("from_outside",)


def test_a_job_runs_as_a_whole_by_a_condition_of_its_own(client: Client, instance: DevInstance) -> None:
    before = len(runs_of(client, "jobs"))
    with dg.Instance.remote(instance.target) as records:
        records.report_runless_asset_event(dg.AssetMaterialization("landing"))
    (run,) = new_runs(client, "jobs", before, 1)
    assert (run.job_name, run.asset_selection, run.state.value) == ("load", (), "succeeded")


def test_a_check_runs_by_itself_when_its_asset_was_made(client: Client, instance: DevInstance) -> None:
    client.wait(client.materialize(["orders", "totals"]).run_id)
    reported = datetime.now(timezone.utc)
    with dg.Instance.remote(instance.target) as records:
        records.report_runless_asset_event(dg.AssetMaterialization("orders"))

    def verdict_since() -> RunEvent | None:
        verdict = client.assets.get("orders").checks["some_orders"]
        made = [run.run_id for run in runs_of(client, "eager") if run.create_time and run.create_time > reported]
        return verdict if verdict.run_id in made else None

    assert wait_until(verdict_since, timeout=30, what="a verdict of a run made since").detail["passed"]


def test_conditions_of_no_other_sensor_have_one_that_somebody_must_switch_on(instance: DevInstance) -> None:
    listed = " ".join(instance.cli("sensor", "list").out.split())
    assert "default_automation_condition_sensor stopped" in listed
    preview = instance.cli("sensor", "trigger", "--dry-run", "default_automation_condition_sensor")
    assert "off" in preview.out, preview
    with instance.client() as client:
        assert not [run for run in client.list_runs(limit=100) if "off" in run.asset_selection]
