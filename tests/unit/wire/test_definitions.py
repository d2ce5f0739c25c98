"""Definitions as messages."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any

import pytest

import headrace as dg
from headrace.api.types.v1 import config_schema_pb2 as config_pb
from headrace.api.types.v1 import definitions_pb2, instigator_pb2, retry_pb2
from headrace.api.types.v1.automation_pb2 import AUTOMATION_OPERATOR_ALL_DEPS_MATCH, AUTOMATION_OPERATOR_AND
from headrace.api.types.v1.run_pb2 import RUN_STATE_FAILED
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_AUTOMATION
from headrace.config.fields import Array, Field, Map, Noneable, Permissive, Selector, to_config_type
from headrace.config.sources import IntSource, StringSource
from headrace.definitions.assets.assets_definition import external_asset
from headrace.wire.assets import to_asset
from headrace.wire.config_schema import to_config_type as written_type
from headrace.wire.definitions import to_definitions
from headrace.wire.jobs import to_job


@dg.op(out={"evens": dg.Out(list), "odds": dg.Out(is_required=False)}, retry_policy=dg.RetryPolicy(max_retries=2))
def split(numbers: list) -> Any: ...


@dg.op(description="Adds up.", tags={"size": "small"})
def add_up(values: list) -> int: ...


@dg.op(config_schema={"rows": int})
def load() -> list: ...


@dg.graph
def summed(numbers: list) -> Any:
    evens, odds = split(numbers)
    return add_up([evens, odds])


@dg.job(tags={"domain": "numbers"}, metadata={"n": 1}, description="Does it all.")
def everything() -> None:
    summed(load())


@dg.asset(group_name="g", kinds={"sql", "python"}, owners=["team:data"], code_version="7", tags={"b": "2"})
def orders() -> int: ...


@dg.asset(key_prefix="warehouse", deps=[orders], metadata={"rows": 3}, description="From orders.")
def totals() -> int: ...


@dg.sensor(job=everything, minimum_interval_seconds=0, default_status=dg.DefaultSensorStatus.RUNNING)
def watcher() -> Any: ...


SCHEDULE = dg.ScheduleDefinition(
    job=everything, cron_schedule=["0 1 * * *", "0 2 * * *"], execution_timezone="Europe/Berlin", tags={"t": "1"}
)


def stream(**sections: Any) -> list[definitions_pb2.Definition]:
    return list(to_definitions(dg.Definitions(**sections)))


@pytest.fixture(scope="module")
def written() -> dict[tuple[str, str], Any]:
    """Every definition by kind and name."""
    found = stream(
        assets=[totals, orders],
        jobs=[everything],
        schedules=[SCHEDULE],
        sensors=[watcher],
        resources={"db": dg.ResourceDefinition(lambda: 1, {"host": StringSource}, "A database.")},
    )
    named = {}
    for definition in found:
        kind = definition.WhichOneof("kind")
        message = getattr(definition, kind)
        name = "/".join(message.asset_key.path) if kind == "asset" else getattr(message, "name", "") or message.key
        named[kind, name] = message
    return named


def test_the_stream_is_sorted_by_kind_and_name(written: dict[tuple[str, str], Any]) -> None:
    assert list(written) == [
        ("job", "__ASSET_JOB"),
        ("job", "everything"),
        ("asset", "orders"),
        ("asset", "warehouse/totals"),
        ("schedule", "everything_schedule"),
        ("sensor", "watcher"),
        ("resource", "db"),
    ]


def test_the_order_of_definitions_does_not_change_the_stream() -> None:
    assert stream(assets=[totals, orders]) == stream(assets=[orders, totals])


def test_a_job_has_its_graph(written: dict[tuple[str, str], Any]) -> None:
    job = written["job", "everything"]
    assert (job.description, job.executor, job.config_required) == (
        "Does it all.",
        "multi_or_in_process_executor",
        True,
    )
    assert [(tag.key, tag.value) for tag in job.tags] == [("domain", "numbers")]
    assert [node.name for node in job.nodes] == ["load", "summed"]
    [source] = job.nodes[1].inputs[0].sources
    assert (source.node, source.output) == ("load", "result")
    inner = {node.name: node for node in job.nodes[1].nodes}
    assert (inner["split"].inputs[0].sources[0].node, inner["split"].inputs[0].sources[0].output) == ("", "numbers")
    assert [(each.node, each.output) for each in inner["add_up"].inputs[0].sources] == [
        ("split", "evens"),
        ("split", "odds"),
    ]
    assert [(each.name, each.optional) for each in inner["split"].outputs] == [("evens", False), ("odds", True)]
    assert (inner["split"].retry_policy.max_retries, inner["split"].retry_policy.backoff) == (
        2,
        retry_pb2.BACKOFF_UNSPECIFIED,
    )
    assert not inner["add_up"].HasField("retry_policy")
    assert inner["add_up"].description == "Adds up."


def test_a_job_has_its_schema(written: dict[tuple[str, str], Any]) -> None:
    fields = {field.name: field for field in written["job", "everything"].config_schema.shape.fields}
    assert set(fields) >= {"ops", "resources", "execution"}
    ops = {field.name: field for field in fields["ops"].type.shape.fields}
    assert ops["load"].required
    config = {field.name: field for field in ops["load"].type.shape.fields}["config"]
    [rows] = config.type.shape.fields
    assert (rows.name, rows.type.scalar, rows.required) == ("rows", config_pb.CONFIG_SCALAR_INT, True)


def test_the_implicit_asset_job_repeats_no_asset(written: dict[tuple[str, str], Any]) -> None:
    job = written["job", "__ASSET_JOB"]
    assert job.implicit_asset_job
    assert not (job.nodes or job.asset_keys or job.config_required)


def test_the_implicit_asset_job_says_what_configuration_its_assets_take_and_leaves_out_those_that_take_any() -> None:
    @dg.asset(config_schema={"rows": int})
    def loaded() -> None: ...

    job = to_job(dg.Definitions(assets=[orders, loaded]).get_implicit_global_asset_job_def())
    fields = {field.name: field for field in job.config_schema.shape.fields}
    assert [field.name for field in fields["ops"].type.shape.fields] == ["loaded"]
    assert not fields["ops"].required


def test_an_asset_has_all_that_is_known_of_it(written: dict[tuple[str, str], Any]) -> None:
    above, below = written["asset", "orders"], written["asset", "warehouse/totals"]
    assert (above.group_name, list(above.kinds), list(above.owners), above.code_version) == (
        "g",
        ["python", "sql"],
        ["team:data"],
        "7",
    )
    assert (below.group_name, below.description, below.op_name, below.executable) == (
        "default",
        "From orders.",
        "warehouse__totals",
        True,
    )
    assert [list(each.asset_key.path) for each in below.dependencies] == [["orders"]]


def test_an_asset_that_is_only_known_is_not_executable() -> None:
    outside = next(each.asset for each in stream(assets=[dg.AssetSpec("outside")]) if each.HasField("asset"))
    assert (outside.executable, outside.op_name) == (False, "")


def test_a_schedule_and_a_sensor_say_when_and_what(written: dict[tuple[str, str], Any]) -> None:
    schedule, sensor = written["schedule", "everything_schedule"], written["sensor", "watcher"]
    assert list(schedule.cron_expressions) == ["0 1 * * *", "0 2 * * *"]
    assert (schedule.time_zone, schedule.job_name) == ("Europe/Berlin", "everything")
    assert schedule.default_state == instigator_pb2.INSTIGATOR_STATE_STOPPED
    assert sensor.default_state == instigator_pb2.INSTIGATOR_STATE_RUNNING
    assert (list(sensor.job_names), sensor.minimum_interval.ToNanoseconds()) == (["everything"], 1_000_000_000)


def test_a_resource_has_its_schema(written: dict[tuple[str, str], Any]) -> None:
    resource = written["resource", "db"]
    assert resource.description == "A database."
    [host] = resource.config_schema.shape.fields
    assert host.type.scalar == config_pb.CONFIG_SCALAR_STRING_SOURCE


class Color(Enum):
    RED = 1
    BLUE = 2


def test_every_kind_of_config_type_is_written() -> None:
    schema = to_config_type(
        {
            "any": Any,
            "array": Array(int),
            "choice": Selector({"one": int, "other": str}),
            "color": Color,
            "default": Field(int, default_value=3, description="How many."),
            "free": Permissive({"known": bool}),
            "map": Map(str, float),
            "maybe": Noneable(str),
            "number": IntSource,
        }
    )
    fields = {field.name: field for field in written_type(schema).shape.fields}
    assert list(fields) == sorted(fields)
    kinds = {name: field.type.WhichOneof("kind") for name, field in fields.items()}
    assert kinds == {
        "any": "scalar",
        "array": "array",
        "choice": "selector",
        "color": "enum",
        "default": "scalar",
        "free": "shape",
        "map": "map",
        "maybe": "noneable",
        "number": "scalar",
    }
    assert fields["array"].type.array.scalar == config_pb.CONFIG_SCALAR_INT
    assert fields["map"].type.map.scalar == config_pb.CONFIG_SCALAR_FLOAT
    assert fields["free"].type.shape.open and not written_type(schema).shape.open
    assert list(fields["color"].type.enum.values) == ["RED", "BLUE"]
    assert (fields["default"].required, fields["default"].default_value.text) == (False, "3")
    assert (fields["default"].description, fields["maybe"].required) == ("How many.", False)
    assert fields["number"].type.scalar == config_pb.CONFIG_SCALAR_INT_SOURCE


def test_a_schema_deeper_than_readers_follow_ends_as_anything() -> None:
    deep: Any = int
    for _ in range(50):
        deep = Array(deep)
    message, depth = written_type(deep), 0
    while message.WhichOneof("kind") == "array":
        message, depth = message.array, depth + 1
    assert (depth, message.scalar) == (20, config_pb.CONFIG_SCALAR_ANY)


def test_checks_come_last_with_what_makes_them() -> None:
    @dg.asset_check(asset=orders, blocking=True, description="Some.", additional_deps=[totals], metadata={"a": 1})
    def some(orders): ...

    [check] = [
        each.asset_check
        for each in stream(assets=[orders, totals], asset_checks=[some])
        if each.HasField("asset_check")
    ]
    assert (list(check.asset_key.path), check.name, check.description) == (["orders"], "some", "Some.")
    assert check.blocking and check.op_name == "orders_some" and check.metadata[0].name == "a"
    assert [list(each.asset_key.path) for each in check.additional_dependencies] == [["warehouse", "totals"]]


def test_jobs_name_the_checks_they_make() -> None:
    days = dg.StaticPartitionsDefinition(["a", "b"])

    @dg.asset(partitions_def=days)
    def made() -> None: ...

    @dg.asset_check(asset=made, partitions_def=days)
    def fine() -> None: ...

    jobs = [
        dg.define_asset_job("everything"),
        dg.define_asset_job("checks", dg.AssetSelection.all_asset_checks()),
        dg.define_asset_job("unchecked", dg.AssetSelection.all().without_checks()),
    ]
    messages = list(stream(assets=[made], asset_checks=[fine], jobs=jobs))
    checks = {
        each.job.name: (
            [list(key.path) for key in each.job.asset_keys],
            [key.check_name for key in each.job.check_keys],
        )
        for each in messages
        if each.HasField("job") and not each.job.implicit_asset_job
    }
    assert checks == {
        "everything": ([["made"]], ["fine"]),
        "checks": ([], ["fine"]),
        "unchecked": ([["made"]], []),
    }
    (check,) = (each.asset_check for each in messages if each.HasField("asset_check"))
    assert list(check.partitions.static.partition_keys) == ["a", "b"]


def test_an_asset_says_when_it_is_made_by_itself_and_how_old_it_may_become() -> None:
    condition = dg.AutomationCondition.on_cron("@daily", "Europe/Berlin").ignore(dg.AssetSelection.groups("g"))
    policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2))

    @dg.asset(automation_condition=condition, freshness_policy=policy)
    def made() -> None: ...

    [asset] = [each.asset for each in stream(assets=[made]) if each.HasField("asset")]
    written = asset.automation_condition
    assert written.label == "on_cron(@daily, Europe/Berlin)" and written.operator == AUTOMATION_OPERATOR_AND
    deps = written.operands[2]
    assert (deps.operator, deps.ignored_selection) == (AUTOMATION_OPERATOR_ALL_DEPS_MATCH, 'group:"g"')
    assert asset.freshness_policy.time_window.fail_window.seconds == 7200


def test_a_sensor_says_which_conditions_it_stands_for() -> None:
    sensor = dg.AutomationConditionSensorDefinition("auto", target=dg.AssetSelection.all(), run_tags={"a": "1"})
    [written] = [each.sensor for each in stream(assets=[orders], sensors=[sensor]) if each.HasField("sensor")]
    assert (written.kind, written.automation_selection) == (SENSOR_KIND_AUTOMATION, "*")
    assert [(tag.key, tag.value) for tag in written.run_tags] == [("a", "1")]


def test_a_sensor_says_what_it_watches() -> None:
    @dg.asset_sensor(orders.key, job=everything)
    def on_orders(context, event): ...

    @dg.run_failure_sensor(monitored_jobs=[everything])
    def on_failure(context): ...

    sensors = {
        each.sensor.name: each.sensor for each in stream(sensors=[on_orders, on_failure]) if each.HasField("sensor")
    }
    assert [list(key.path) for key in sensors["on_orders"].watched_assets] == [["orders"]]
    assert sensors["on_failure"].watched_state == RUN_STATE_FAILED
    assert list(sensors["on_failure"].watched_job_names) == ["everything"]


def test_virtual_assets_say_so() -> None:
    @dg.asset(is_virtual=True)
    def view() -> None: ...

    report = dg.AssetSpec("report", deps=[view], is_virtual=True)
    assert to_asset(view.key, view).virtual
    assert to_asset(report.key, external_asset(report)).virtual
    assert not to_asset(report.key, external_asset(report.replace_attributes(is_virtual=False))).virtual
    assert report.replace_attributes(group_name="views").is_virtual
