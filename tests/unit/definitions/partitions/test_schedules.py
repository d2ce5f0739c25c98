"""Schedules of partitioned jobs, and requests for partitions."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

import headrace as dg
from headrace.errors import InvalidDefinitionError

DAYS = dg.DailyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin")
DUE = datetime(2024, 3, 5, 3, 30, tzinfo=timezone.utc)


@dg.daily_partitioned_config("2024-01-01", timezone="Europe/Berlin")
def by_day(start: Any, end: Any) -> dict[str, Any]:
    return {"ops": {"work": {"config": {"day": f"{start:%Y-%m-%d}"}}}}


@dg.op(config_schema={"day": str})
def work() -> None: ...


@dg.job(config=by_day)
def working() -> None:
    work()


@dg.asset(partitions_def=DAYS)
def daily() -> None: ...


def at(due: datetime) -> dg.ScheduleEvaluationContext:
    return dg.build_schedule_context(scheduled_execution_time=due)


def test_each_window_is_run_when_it_has_ended() -> None:
    schedule = dg.build_schedule_from_partitioned_job(working, hour_of_day=4, minute_of_hour=30)
    assert (schedule.name, schedule.cron_schedule, schedule.time_zone) == (
        "working_schedule",
        "30 4 * * *",
        "Europe/Berlin",
    )
    [request] = schedule.evaluate_tick(at(DUE)).run_requests
    assert (request.run_key, request.partition_key) == ("2024-03-04", "2024-03-04")
    assert request.run_config == {"ops": {"work": {"config": {"day": "2024-03-04"}}}}
    assert request.tags == {"headrace/partition": "2024-03-04"}


def test_before_the_first_window_has_ended_nothing_is_run() -> None:
    schedule = dg.build_schedule_from_partitioned_job(working)
    tick = schedule.evaluate_tick(at(datetime(2024, 1, 1, 12, tzinfo=timezone.utc)))
    assert (list(tick.run_requests), tick.skip_message) == ([], "There are no partitions yet.")


def test_the_partitions_of_assets_are_found_when_definitions_are_put_together() -> None:
    job = dg.define_asset_job("days", selection=[daily])
    schedule = dg.build_schedule_from_partitioned_job(job, hour_of_day=6)
    definitions = dg.Definitions(assets=[daily], jobs=[job], schedules=[schedule])
    found = definitions.resolve_schedule("days_schedule")
    assert (found.cron_schedule, found.time_zone) == ("0 6 * * *", "Europe/Berlin")
    [request] = found.evaluate_tick(at(DUE)).run_requests
    assert (request.job_name, request.partition_key) == ("days", "2024-03-04")


def test_static_partitions_are_all_run_at_each_tick() -> None:
    @dg.static_partitioned_config(["a", "b"], tags_for_partition_key_fn=lambda key: {"letter": key})
    def by_letter(key: str) -> dict[str, Any]:
        return {"ops": {"work": {"config": {"day": key}}}}

    job = dg.GraphDefinition.composed("letters", nodes=working.graph.nodes).to_job(config=by_letter)
    schedule = dg.build_schedule_from_partitioned_job(job, cron_schedule="0 1 * * *")
    requests = schedule.evaluate_tick(at(DUE)).run_requests
    assert [each.partition_key for each in requests] == ["a", "b"]
    assert requests[0].tags == {"letter": "a", "headrace/partition": "a"}
    with pytest.raises(InvalidDefinitionError, match="need a cron_schedule"):
        dg.build_schedule_from_partitioned_job(job)


def test_of_two_dimensions_the_last_window_is_run_with_all_others() -> None:
    both = dg.MultiPartitionsDefinition({"day": DAYS, "color": dg.StaticPartitionsDefinition(["r", "g"])})

    @dg.asset(partitions_def=both)
    def crossed() -> None: ...

    with pytest.warns(DeprecationWarning, match="a job has the partitions of its assets"):
        job = dg.define_asset_job("crossing", selection=[crossed], partitions_def=both)
    requests = dg.build_schedule_from_partitioned_job(job).evaluate_tick(at(DUE)).run_requests
    assert [each.partition_key for each in requests] == ["r|2024-03-04", "g|2024-03-04"]
    assert requests[0].tags["headrace/partition/color"] == "r"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: dg.build_schedule_from_partitioned_job(working, cron_schedule="0 0 * * *"),
        lambda: dg.build_schedule_from_partitioned_job(working, day_of_week=3),
        lambda: dg.build_schedule_from_partitioned_job(dg.GraphDefinition("none").to_job()),
    ],
)
def test_what_does_not_fit_the_partitions_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidDefinitionError):
        wrong()


def test_a_request_for_a_partition_gets_its_config_and_tags() -> None:
    @dg.sensor(job=working)
    def watching() -> dg.RunRequest:
        return dg.RunRequest(partition_key="2024-02-01", tags={"team": "x"})

    [request] = watching.evaluate_tick(dg.build_sensor_context()).run_requests
    assert request.run_config == {"ops": {"work": {"config": {"day": "2024-02-01"}}}}
    assert request.tags == {"headrace/partition": "2024-02-01", "team": "x"}


def test_a_request_for_a_partition_that_there_is_not_is_refused() -> None:
    @dg.schedule(job=working, cron_schedule="@daily")
    def asking() -> dg.RunRequest:
        return dg.RunRequest(partition_key="2020-02-01")

    with pytest.raises(dg.UnknownPartitionError, match="`2020-02-01`"):
        asking.evaluate_tick(at(DUE))


def test_a_job_makes_requests_for_its_partitions() -> None:
    request = working.run_request_for_partition("2024-02-01", run_key="x", tags={"team": "y"})
    assert (request.job_name, request.run_key, request.partition_key) == ("working", "x", "2024-02-01")
    assert request.tags == {"headrace/partition": "2024-02-01", "team": "y"}


def test_a_window_that_is_left_out_is_not_run_and_does_not_repeat_the_one_before() -> None:
    days = dg.DailyPartitionsDefinition("2024-05-01", exclusions=["0 0 * * 6", "0 0 * * 0"])

    @dg.asset(partitions_def=days)
    def workdays() -> None: ...

    with pytest.warns(DeprecationWarning, match="a job has the partitions of its assets"):
        job = dg.define_asset_job("working", selection=[workdays], partitions_def=days)
    daily = dg.build_schedule_from_partitioned_job(job)
    keys = [
        [
            each.partition_key
            for each in daily.evaluate_tick(at(datetime(2024, 5, day, tzinfo=timezone.utc))).run_requests
        ]
        for day in (4, 5, 6, 7)
    ]
    assert keys == [["2024-05-03"], [], [], ["2024-05-06"]]


@pytest.mark.parametrize(
    ("end_offset", "by_day_of_tick"),
    [
        (0, {6: "2024-01-05", 7: None, 8: "2024-01-07"}),
        (1, {4: "2024-01-04", 5: "2024-01-05", 6: None, 7: "2024-01-07", 8: "2024-01-08"}),
        (-1, {6: "2024-01-04", 7: None, 8: "2024-01-05", 9: "2024-01-07"}),
    ],
)
def test_a_window_that_is_left_out_passes_at_its_own_turn(
    end_offset: int, by_day_of_tick: dict[int, str | None]
) -> None:
    days = dg.DailyPartitionsDefinition("2024-01-04", exclusions=[datetime(2024, 1, 6)], end_offset=end_offset)

    @dg.job(partitions_def=days)
    def nightly() -> None: ...

    schedule = dg.build_schedule_from_partitioned_job(nightly)
    for day, key in by_day_of_tick.items():
        requests = schedule.evaluate_tick(at(datetime(2024, 1, day))).run_requests
        assert [request.partition_key for request in requests] == ([key] if key else []), day


def test_a_tick_that_is_still_to_come_asks_for_what_will_be_there() -> None:
    days = dg.DailyPartitionsDefinition("2024-01-04")

    @dg.job(partitions_def=days)
    def nightly() -> None: ...

    schedule = dg.build_schedule_from_partitioned_job(nightly)
    [request] = schedule.evaluate_tick(at(datetime(2099, 1, 2))).run_requests
    assert request.partition_key == "2099-01-01"


def test_a_request_may_name_assets_and_the_time_at_which_its_partition_is_there() -> None:
    job = dg.Definitions(assets=[daily], jobs=[dg.define_asset_job("days", selection=[daily])]).resolve_job_def("days")
    later = datetime(2099, 1, 3, tzinfo=timezone.utc)
    request = job.run_request_for_partition("2099-01-01", asset_selection=[daily.key], current_time=later)
    assert (request.partition_key, list(request.asset_selection or ())) == ("2099-01-01", [daily.key])
    with pytest.raises(dg.HeadraceError, match="2099-01-01"):
        job.run_request_for_partition("2099-01-01")


def test_a_schedule_of_dynamic_partitions_asks_the_instance_for_them() -> None:
    days = dg.DailyPartitionsDefinition("2024-01-01")
    grid = dg.MultiPartitionsDefinition({"day": days, "name": dg.DynamicPartitionsDefinition(name="names")})

    @dg.job(partitions_def=grid)
    def gridded() -> None: ...

    instance = dg.Instance.ephemeral()
    instance.add_dynamic_partitions("names", ["ann", "bob"])
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=datetime(2024, 1, 3))
    requests = dg.build_schedule_from_partitioned_job(gridded).evaluate_tick(context).run_requests
    assert [request.partition_key for request in requests] == ["2024-01-02|ann", "2024-01-02|bob"]
