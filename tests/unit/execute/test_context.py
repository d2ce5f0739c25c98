"""The context answers what user code asks, and says so where there is no answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from headrace.config.pythonic import Config
from headrace.definitions.assets.decorator import asset
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.jobs.decorator import job
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.outputs import Out
from headrace.errors import InvariantViolationError
from headrace.execute.contexts.context import AssetExecutionContext, OpExecutionContext
from headrace.execute.events.event import LogRecorded
from headrace.execute.events.logs import get_logger
from headrace.testing.materialize import materialize_to_memory


def within_op(look: Callable[[Any], Any], **run: Any) -> Any:
    @op(out={"a": Out(is_required=False), "b": Out(is_required=False)})
    def looks(context: Any) -> Any:
        found.append(look(context))
        yield from ()

    found: list[Any] = []

    @job
    def looking() -> None:
        looks.alias("here")()

    looking.execute_in_process(**run)
    return found[0]


def test_the_run_and_the_place_in_it() -> None:
    assert within_op(lambda c: (str(c.op_handle), c.step_key, c.alias, c.describe_op())) == (
        "here",
        "here",
        "here",
        'op "looks" at here',
    )
    run_config = {"loggers": {"console": {"config": {"log_level": "INFO"}}}}
    assert within_op(lambda c: c.run_config, run_config=run_config) == run_config
    assert within_op(lambda c: c.run_tags, tags={"a": "b"}) == {"a": "b"}
    assert within_op(lambda c: (c.dagster_run is c.run, c.job_def.name)) == (True, "looking")


def test_the_partition_of_the_run() -> None:
    assert within_op(lambda c: c.has_partition_key) is False
    assert within_op(lambda c: (c.partition_key, c.partition_keys), tags={"headrace/partition": "x"}) == ("x", ["x"])
    assert within_op(lambda c: c.partition_key, tags={"dagster/partition": "y"}) == "y"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda c: c.partition_key, "is for no partition"),
        (lambda c: c.partition_time_window, "is not partitioned by time"),
        (lambda c: c.asset_key, "makes no assets"),
        (lambda c: c.assets_def, "makes no assets"),
        (lambda c: c.asset_key_for_output("a"), "No asset belongs to output 'a'"),
        (lambda c: c.output_for_asset_key(AssetKey("a")), "does not make 'a'"),
        (lambda c: c.add_output_metadata({"x": 1}), "has 2 outputs \\(a, b\\); say output_name"),
        (lambda c: c.add_output_metadata({"x": 1}, "c"), "has no output 'c' for metadata; it has: 'a', 'b'"),
        (lambda c: c.log_event("text"), "A str cannot be logged as an event"),
        (lambda c: AssetExecutionContext.get(), "an op and not an asset"),
    ],
)
def test_what_is_not_there_says_why(ask: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(InvariantViolationError, match=message):
        within_op(ask)


def test_the_current_context_is_found_from_anywhere() -> None:
    assert within_op(lambda c: OpExecutionContext.get() is c)
    with pytest.raises(InvariantViolationError, match="No op or asset is running here"):
        OpExecutionContext.get()

    @asset
    def aware() -> str:
        context = AssetExecutionContext.get()
        assert isinstance(context.op_execution_context, OpExecutionContext)
        return context.asset_key.to_user_string()

    assert materialize_to_memory([aware]).asset_value("aware") == "aware"


def test_loggers_outside_of_the_op_are_captured_while_it_runs() -> None:
    @op
    def logs() -> None:
        get_logger("library").info("from a library")

    @job
    def logging_job() -> None:
        logs()

    events = logging_job.execute_in_process().all_events
    assert [event.detail.message for event in events if isinstance(event.detail, LogRecorded)] == ["from a library"]


def test_an_op_gets_its_config_object() -> None:
    class Settings(Config):
        name: str
        times: int = 2

    @op
    def configured(config: Settings) -> str:
        return config.name * config.times

    @job
    def one_op() -> None:
        configured()

    run_config = {"ops": {"configured": {"config": {"name": "ab"}}}}
    assert one_op.execute_in_process(run_config).output_for_node("configured") == "abab"
