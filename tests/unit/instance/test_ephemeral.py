"""An instance in memory remembers what runs, sensors and scripts did."""

from __future__ import annotations

from pathlib import Path

import pytest

import headrace as dg
from headrace.errors import RunNotFoundError

DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10")


@dg.asset(partitions_def=DAYS, code_version="7")
def orders(context: dg.AssetExecutionContext) -> str:
    return context.partition_key


@dg.asset(partitions_def=DAYS)
def broken() -> None:
    raise ValueError("no")


@dg.asset_check(asset=orders)
def is_whole() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)


@pytest.fixture
def instance() -> dg.Instance:
    return dg.Instance.ephemeral()


def test_a_materialization_is_found_by_asset_partition_and_run(instance: dg.Instance) -> None:
    first = dg.materialize_to_memory([orders], instance=instance, partition_key="2024-01-02")
    dg.materialize_to_memory([orders], instance=instance, partition_key="2024-01-03")
    newest = instance.get_latest_materialization_event(orders.key)
    assert newest is not None and newest.asset_materialization is not None
    assert newest.asset_materialization.partition == "2024-01-03"
    assert instance.get_materialized_partitions(orders.key) == {"2024-01-02", "2024-01-03"}
    (of_first,) = instance.fetch_materializations(
        dg.AssetRecordsFilter(orders.key, asset_partitions=["2024-01-02"]), limit=5
    ).records
    assert of_first.run_id == first.run_id
    assert instance.get_latest_materialization_code_versions([orders.key]) == {orders.key: "7"}


def test_pages_go_through_all_records_once_in_both_directions(instance: dg.Instance) -> None:
    for number in range(5):
        instance.report_runless_asset_event(dg.AssetMaterialization("a", metadata={"number": number}))
    for ascending in (True, False):
        found, cursor, more = [], None, True
        while more:
            page = instance.fetch_materializations(dg.AssetKey("a"), limit=2, cursor=cursor, ascending=ascending)
            found += [_number(record) for record in page.records]
            cursor, more = page.cursor, page.has_more
        assert found == sorted(range(5), reverse=not ascending)


def test_a_partition_that_a_run_planned_and_did_not_make_has_failed_until_it_is_made(instance: dg.Instance) -> None:
    key, day = broken.key, "2024-01-02"
    dg.materialize_to_memory([broken], instance=instance, partition_key=day, raise_on_error=False)
    status = instance.get_status_by_partition(key, [day, "2024-01-03"], DAYS)
    assert status == {day: dg.AssetPartitionStatus.FAILED, "2024-01-03": None}
    instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=day))
    assert instance.get_status_by_partition(key, [day], DAYS) == {day: dg.AssetPartitionStatus.MATERIALIZED}


def test_a_partition_is_in_progress_while_its_run_goes_on(instance: dg.Instance) -> None:
    seen = {}

    @dg.asset(partitions_def=DAYS)
    def looking(context: dg.AssetExecutionContext) -> None:
        seen.update(context.instance.get_status_by_partition(context.asset_key, [context.partition_key], DAYS))

    dg.materialize_to_memory([looking], instance=instance, partition_key="2024-01-04")
    assert seen == {"2024-01-04": dg.AssetPartitionStatus.IN_PROGRESS}


def test_the_newest_verdict_of_a_check_is_kept(instance: dg.Instance) -> None:
    dg.materialize_to_memory([orders, is_whole], instance=instance, partition_key="2024-01-02")
    record = instance.get_latest_asset_check_evaluation_record(dg.AssetCheckKey(orders.key, "is_whole"))
    assert record is not None and not record.passed
    assert instance.get_latest_asset_check_evaluation_record(dg.AssetCheckKey(orders.key, "other")) is None


def test_runs_are_found_by_state_tag_and_job(instance: dg.Instance) -> None:
    @dg.op
    def fails() -> None:
        raise ValueError("no")

    @dg.job
    def failing() -> None:
        fails()

    failed = failing.execute_in_process(instance=instance, raise_on_error=False, tags={"team": "blue"})
    made = dg.materialize_to_memory([orders], instance=instance, partition_key="2024-01-02")
    assert [run.run_id for run in instance.get_runs()] == [made.run_id, failed.run_id]
    for wanted in (
        dg.RunsFilter(statuses=[dg.RunState.FAILED]),
        dg.RunsFilter(tags={"team": ["blue", "red"]}),
        dg.RunsFilter(job_name="failing"),
        dg.RunsFilter(run_ids=[failed.run_id]),
    ):
        assert [run.run_id for run in instance.get_runs(wanted)] == [failed.run_id]
        assert instance.get_runs_count(wanted) == 1
    (record,) = instance.get_run_records(dg.RunsFilter(job_name="failing"))
    assert record.start_time is not None and record.end_time is not None and record.end_time >= record.start_time
    assert [entry.step_key for entry in instance.get_step_failure_events(failed.run_id)] == ["fails"]
    stats = instance.get_run_stats(failed.run_id)
    assert (stats.steps_failed, stats.steps_succeeded) == (1, 0)


def test_tests_can_record_a_run_that_never_ran(instance: dg.Instance) -> None:
    @dg.job(tags={"team": "blue"})
    def nightly() -> None: ...

    run = instance.create_run_for_job(nightly, status=dg.RunState.SUCCEEDED, tags={"day": "1"})
    assert instance.get_run_by_id(run.run_id) == run
    assert (run.is_success, run.tags) == (True, {"team": "blue", "day": "1"})
    instance.add_run_tags(run.run_id, {"seen": "yes"})
    assert instance.get_runs_count(dg.RunsFilter(tags={"seen": "yes"}, job_name="nightly")) == 1


def test_a_run_that_was_asked_for_wrongly_is_not_recorded(instance: dg.Instance) -> None:
    @dg.op(config_schema={"rows": int})
    def load() -> None: ...

    @dg.job
    def loading() -> None:
        load()

    with pytest.raises(dg.InvalidConfigError):
        loading.execute_in_process(instance=instance)
    assert instance.get_runs() == []


def test_deleting_a_run_keeps_what_it_made_of_assets(instance: dg.Instance) -> None:
    result = dg.materialize_to_memory([orders], instance=instance, partition_key="2024-01-02")
    instance.delete_run(result.run_id)
    assert instance.get_run_by_id(result.run_id) is None
    assert instance.get_latest_materialization_event(orders.key) is not None
    assert instance.get_materialized_partitions(orders.key) == {"2024-01-02"}
    with pytest.raises(RunNotFoundError):
        instance.delete_run(result.run_id)


def test_wiped_assets_are_as_if_never_made(instance: dg.Instance) -> None:
    for day in ("2024-01-02", "2024-01-03"):
        dg.materialize_to_memory([orders], instance=instance, partition_key=day)
    instance.wipe_asset_partitions(orders.key, ["2024-01-03"])
    newest = instance.get_latest_materialization_event(orders.key)
    assert newest is not None and newest.partition == "2024-01-02"
    instance.wipe_assets([orders.key])
    assert not instance.has_asset_key(orders.key)
    assert instance.get_materialized_partitions(orders.key) == set()
    assert list(instance.all_asset_keys()) == []


def test_dynamic_keys_keep_the_order_in_which_they_came_and_their_place(instance: dg.Instance) -> None:
    instance.add_dynamic_partitions("customers", ["b", "a"])
    instance.add_dynamic_partitions("customers", ["a", "c"])
    assert list(instance.get_dynamic_partitions("customers")) == ["b", "a", "c"]
    instance.delete_dynamic_partition("customers", "a")
    instance.add_dynamic_partitions("customers", ["a"])
    assert list(instance.get_dynamic_partitions("customers")) == ["b", "c", "a"]
    assert instance.get_existing_dynamic_partitions("customers", ["a", "z"]) == {"a"}
    with pytest.raises(dg.InvalidDefinitionError, match="a list, not the string"):
        instance.add_dynamic_partitions("customers", "abc")
    with pytest.raises(dg.InvalidInvocationError, match="non-empty string"):
        instance.add_dynamic_partitions("", ["a"])


def test_code_can_add_the_partitions_that_the_next_run_is_for(instance: dg.Instance) -> None:
    customers = dg.DynamicPartitionsDefinition(name="customers")

    @dg.asset
    def registry(context: dg.AssetExecutionContext) -> None:
        context.instance.add_dynamic_partitions("customers", ["anna"])

    @dg.asset(partitions_def=customers)
    def profile(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    with pytest.raises(dg.UnknownPartitionError):
        dg.materialize_to_memory([profile], instance=instance, partition_key="anna")
    dg.materialize_to_memory([registry], instance=instance)
    assert dg.materialize_to_memory([profile], instance=instance, partition_key="anna").success
    assert list(customers.get_partition_keys(dynamic_partitions_store=instance)) == ["anna"]


def test_a_sensor_finds_a_materialization_once(instance: dg.Instance) -> None:
    @dg.asset_sensor(asset_key=orders.key, job_name="next")
    def follows(context: dg.SensorEvaluationContext, event: dg.EventLogEntry) -> dg.RunRequest:
        assert event.asset_key is not None
        return dg.RunRequest(tags={"partition": event.partition or ""})

    dg.materialize_to_memory([orders], instance=instance, partition_key="2024-01-02")
    tick = follows.evaluate_tick(dg.build_sensor_context(instance=instance))
    assert [request.tags["partition"] for request in tick.run_requests] == ["2024-01-02"]
    again = follows.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=tick.cursor))
    assert again.run_requests == []


def test_inside_of_a_test_instance_everything_finds_it() -> None:
    with dg.instance_for_test() as around:
        assert dg.Instance.get() is around
        dg.materialize([orders], instance=around, partition_key="2024-01-02")
        newest = around.get_latest_materialization_event(orders.key)
        assert newest is not None and newest.asset_materialization is not None
        path = newest.asset_materialization.metadata["path"].value
        assert str(path).startswith(around.storage_directory())
    assert not Path(str(path)).exists()


def _number(record: dg.EventLogRecord) -> int:
    assert record.asset_materialization is not None
    number: int = record.asset_materialization.metadata["number"].value
    return number
