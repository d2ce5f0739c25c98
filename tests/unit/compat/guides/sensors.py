"""Sensors: files, cursors, partitions, assets, several assets."""

import json
import os
import tempfile
from pathlib import Path

import dagster as dg

DIRECTORY = tempfile.mkdtemp()


class File(dg.Config):
    filename: str


@dg.op
def process_file(context: dg.OpExecutionContext, config: File) -> str:
    context.log.info(config.filename)
    return config.filename


@dg.job
def log_file():
    process_file()


@dg.asset
def my_asset() -> int:
    return 1


@dg.sensor(target=log_file, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def directory_sensor():
    has_files = False
    for name in sorted(os.listdir(DIRECTORY)):
        yield dg.RunRequest(run_key=name, run_config=dg.RunConfig(ops={"process_file": File(filename=name)}))
        has_files = True
    if not has_files:
        yield dg.SkipReason(f"No files found in {DIRECTORY}.")


@dg.sensor(target=log_file)
def cursor_sensor(context: dg.SensorEvaluationContext):
    last = float(context.cursor) if context.cursor else 0
    newest = last
    for name in os.listdir(DIRECTORY):
        modified = os.stat(os.path.join(DIRECTORY, name)).st_mtime
        if modified <= last:
            continue
        config = {"ops": {"process_file": {"config": {"filename": name}}}}
        yield dg.RunRequest(run_key=f"{name}:{modified}", run_config=config)
        newest = max(newest, modified)
    context.update_cursor(str(newest))


def test_requests_and_reasons_to_skip():
    assert isinstance(next(iter(directory_sensor())), dg.SkipReason)
    Path(DIRECTORY, "a.txt").touch()
    requests = list(directory_sensor())
    assert [request.run_key for request in requests] == ["a.txt"]
    assert dg.validate_run_config(log_file, requests[0].run_config)
    assert log_file.execute_in_process(run_config=requests[0].run_config).output_for_node("process_file") == "a.txt"


def test_a_cursor():
    Path(DIRECTORY, "b.txt").touch()
    context = dg.build_sensor_context(cursor="0")
    requests = list(cursor_sensor(context))
    assert len(requests) == len(os.listdir(DIRECTORY))
    assert all(dg.validate_run_config(log_file, request.run_config) for request in requests)
    assert float(context.cursor) > 0
    assert list(cursor_sensor(dg.build_sensor_context(cursor=context.cursor))) == []


def test_the_ways_to_answer():
    @dg.sensor(target=[my_asset])
    def with_result(context):
        context.log.info("Logging from a sensor!")
        return dg.SensorResult(
            run_requests=[dg.RunRequest("k", tags={"a": "b"}, asset_selection=[my_asset.key])], cursor="7"
        )

    @dg.sensor(job=log_file)
    def with_nothing():
        return None

    @dg.sensor(job=log_file)
    def with_list():
        return [dg.RunRequest("1"), dg.RunRequest("2")]

    data = with_result.evaluate_tick(dg.build_sensor_context())
    assert (data.run_requests[0].run_key, data.cursor) == ("k", "7")
    assert not with_nothing.evaluate_tick(dg.build_sensor_context()).run_requests
    assert len(with_list.evaluate_tick(dg.build_sensor_context()).run_requests) == 2
    defs = dg.Definitions(assets=[my_asset], jobs=[log_file], sensors=[with_result, with_nothing, directory_sensor])
    assert defs.resolve_sensor_def("directory_sensor").minimum_interval_seconds == 30


def test_several_targets():
    @dg.job
    def other():
        pass

    @dg.sensor(jobs=[log_file, other])
    def chooses():
        yield dg.RunRequest(
            run_key="1", job_name="log_file", run_config=dg.RunConfig({"process_file": File(filename="x")})
        )
        yield dg.RunRequest(run_key="2", job_name="other")

    data = chooses.evaluate_tick(
        dg.build_sensor_context(definitions=dg.Definitions(jobs=[log_file, other], sensors=[chooses]))
    )
    assert [request.job_name for request in data.run_requests] == ["log_file", "other"]


def test_partitions_that_appear():
    images = dg.DynamicPartitionsDefinition(name="images")

    @dg.asset(partitions_def=images)
    def image(context: dg.AssetExecutionContext): ...

    images_job = dg.define_asset_job("images_job", dg.AssetSelection.assets("image"), partitions_def=images)

    @dg.sensor(job=images_job)
    def image_sensor(context: dg.SensorEvaluationContext):
        new = [
            name
            for name in ("a.png", "b.png")
            if not images.has_partition_key(name, dynamic_partitions_store=context.instance)
        ]
        return dg.SensorResult(
            run_requests=[dg.RunRequest(partition_key=name) for name in new],
            dynamic_partitions_requests=[images.build_add_request(new)],
        )

    defs = dg.Definitions(assets=[image], jobs=[images_job], sensors=[image_sensor])
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("images", ["a.png"])
        with dg.partition_loading_context(dynamic_partitions_store=instance):
            data = image_sensor(dg.build_sensor_context(instance=instance, definitions=defs))
    assert [request.partition_key for request in data.run_requests] == ["b.png"]
    assert list(data.dynamic_partitions_requests[0].partition_keys) == ["b.png"]


class Read(dg.Config):
    asset_key: list[str]


@dg.op
def read_materialization(config: Read) -> str:
    return "/".join(config.asset_key)


@dg.job
def reading():
    read_materialization()


@dg.asset_sensor(asset_key=dg.AssetKey("my_table"), job=reading)
def table_sensor(context: dg.SensorEvaluationContext, asset_event: dg.EventLogEntry):
    assert asset_event.dagster_event and asset_event.dagster_event.asset_key
    yield dg.RunRequest(
        run_key=context.cursor,
        run_config=dg.RunConfig(
            ops={"read_materialization": Read(asset_key=list(asset_event.dagster_event.asset_key.path))}
        ),
    )


def test_an_asset_sensor():
    @dg.asset
    def my_table() -> int:
        return 1

    instance = dg.DagsterInstance.ephemeral()
    context = dg.build_sensor_context(instance)
    assert isinstance(list(table_sensor(context))[0], dg.SkipReason)
    dg.materialize([my_table], instance=instance)
    request = list(table_sensor(context))[0]
    assert (
        reading.execute_in_process(run_config=request.run_config).output_for_node("read_materialization") == "my_table"
    )


def test_a_sensor_of_several_assets():
    @dg.asset
    def asset_a() -> int:
        return 1

    @dg.asset
    def asset_b() -> int:
        return 2

    @dg.asset
    def asset_c() -> int:
        return 3

    job = dg.define_asset_job("asset_c_job", selection=[dg.AssetKey("asset_c")])

    @dg.multi_asset_sensor(monitored_assets=[dg.AssetKey("asset_a"), dg.AssetKey("asset_b")], job=job)
    def a_and_b(context: dg.MultiAssetSensorEvaluationContext):
        events = context.latest_materialization_records_by_key()
        if all(events.values()):
            context.advance_all_cursors()
            return dg.RunRequest(run_key=context.cursor, run_config={})
        return dg.SkipReason("not all")

    defs = dg.Definitions(assets=[asset_a, asset_b, asset_c], jobs=[job], sensors=[a_and_b])
    with dg.instance_for_test() as instance:
        dg.materialize([asset_a], instance=instance)
        context = dg.build_multi_asset_sensor_context(
            monitored_assets=[asset_a.key, asset_b.key], instance=instance, definitions=defs
        )
        assert isinstance(a_and_b(context), dg.SkipReason)
        dg.materialize([asset_b], instance=instance)
        context = dg.build_multi_asset_sensor_context(
            monitored_assets=[asset_a.key, asset_b.key], instance=instance, definitions=defs
        )
        assert isinstance(a_and_b(context), dg.RunRequest)


def test_a_sensor_that_asks_for_records():
    upstream = dg.define_asset_job("upstream_job", selection="my_asset")

    @dg.sensor(job=log_file)
    def compares(context: dg.SensorEvaluationContext):
        records = context.instance.get_run_records(
            filters=dg.RunsFilter(job_name="upstream_job", statuses=[dg.DagsterRunStatus.SUCCESS]),
            limit=1,
            order_by="update_timestamp",
            ascending=False,
        )
        if not records:
            return dg.SkipReason("not yet")
        context.update_cursor(json.dumps({"completed": records[0].end_time}))
        return dg.RunRequest(run_key=None)

    defs = dg.Definitions(assets=[my_asset], jobs=[upstream, log_file], sensors=[compares])
    with dg.instance_for_test() as instance:
        assert isinstance(compares(dg.build_sensor_context(instance=instance)), dg.SkipReason)
        assert defs.resolve_job_def("upstream_job").execute_in_process(instance=instance).success
        context = dg.build_sensor_context(instance=instance)
        assert isinstance(compares(context), dg.RunRequest)
        assert json.loads(context.cursor)["completed"] > 0
