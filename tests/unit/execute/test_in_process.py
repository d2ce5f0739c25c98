"""A job runs in the caller's process, and its result tells everything about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import headrace as dg
from headrace.definitions.assets.events import AssetMaterialization, AssetObservation
from headrace.definitions.graphs.decorator import graph
from headrace.definitions.jobs.decorator import job
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.failure import Failure, RetryRequested
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.outputs import Out, Output
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.types import Nothing
from headrace.errors import (
    InvalidConfigError,
    InvalidSubsetError,
    InvariantViolationError,
    StepOutputNotFoundError,
    TypeCheckError,
)
from headrace.execute.events.event import LogRecorded, OutputProduced, StepRetryScheduled, StepSkipped


@op
def numbers() -> list[int]:
    return list(range(1, 11))


@op
def even(numbers: list[int]) -> list[int]:
    return [each for each in numbers if each % 2 == 0]


@op
def odd(numbers: list[int]) -> list[int]:
    return [each for each in numbers if each % 2]


@op
def total(numbers: list[int]) -> int:
    return sum(numbers)


@op
def add(first: int, second: int) -> int:
    return first + second


@graph
def sums() -> Any:
    found = numbers()
    return add(total.alias("sum_even")(even(found)), total.alias("sum_odd")(odd(found)))


@job
def process_numbers() -> None:
    sums()


def test_a_nested_graph_runs_in_order_and_gives_its_values() -> None:
    result = process_numbers.execute_in_process()
    assert result.success
    assert result.output_for_node("sums.add") == 55
    assert result.started_steps() == [
        "sums.numbers",
        "sums.even",
        "sums.odd",
        "sums.sum_even",
        "sums.sum_odd",
        "sums.add",
    ]
    assert sums.to_job().execute_in_process().output_value() == 55


def test_an_unknown_output_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InvariantViolationError, match="has no op named nobody"):
        process_numbers.execute_in_process().output_for_node("nobody")


def test_the_users_exception_is_raised_unless_asked_not_to() -> None:
    @op
    def broken() -> None:
        raise ZeroDivisionError("no luck")

    @job
    def failing() -> None:
        broken()

    with pytest.raises(ZeroDivisionError, match="no luck"):
        failing.execute_in_process()
    result = failing.execute_in_process(raise_on_error=False)
    assert not result.success
    assert result.get_failed_step_keys() == {"broken"}
    assert result.failure is not None
    assert (result.failure.type, result.failure.message) == ("ZeroDivisionError", "no luck")
    assert "in broken" in result.failure.stack_trace
    assert "headrace/execute" not in result.failure.stack_trace


def test_what_is_below_a_failure_is_skipped_and_the_rest_runs() -> None:
    @op
    def broken() -> int:
        raise ValueError

    @job
    def mixed() -> None:
        total.alias("below")(even(broken()))
        numbers()

    result = mixed.execute_in_process(raise_on_error=False)
    assert result.is_node_success("numbers")
    assert result.is_node_skipped("even")
    assert result.is_node_skipped("below")
    skips = [event.detail for event in result.all_events if isinstance(event.detail, StepSkipped)]
    assert [(skip.upstream_failed, skip.upstream) for skip in skips] == [(True, ("broken",)), (True, ("even",))]


def test_optional_outputs_skip_what_needs_them() -> None:
    @op(out={"left": Out(is_required=False), "right": Out(is_required=False)})
    def branch() -> Iterator[Output[int]]:
        yield Output(1, "right")

    @op
    def seen(value: int) -> int:
        return value

    @job
    def branching() -> None:
        left, right = branch()
        seen.alias("on_left")(left)
        seen.alias("on_right")(right)

    result = branching.execute_in_process()
    assert result.success
    assert result.is_node_skipped("on_left")
    assert result.output_for_node("on_right") == 1


def test_a_fan_in_collects_what_there_is_in_order() -> None:
    @op(out=Out(is_required=False))
    def maybe(context: Any) -> Iterator[Output[str]]:
        if str(context.op_handle) != "b":
            yield Output(context.op_handle.to_string())

    @op
    def join(parts: list[str]) -> str:
        return "".join(parts)

    @job
    def fan_in() -> None:
        join([maybe.alias(name)() for name in "abc"])

    assert fan_in.execute_in_process().output_for_node("join") == "ac"


def test_nothing_orders_steps_without_a_value() -> None:
    order = []

    @op(out=Out(Nothing))
    def first() -> None:
        order.append("first")

    @op(ins={"start": In(Nothing)})
    def second() -> None:
        order.append("second")

    @job
    def ordered() -> None:
        second(start=first())

    assert ordered.execute_in_process().success
    assert order == ["first", "second"]


def test_multiple_outputs_by_tuple_and_by_generator() -> None:
    @op(out={"a": Out(int), "b": Out(str)})
    def as_tuple() -> tuple[int, str]:
        return 1, "x"

    @op(out={"a": Out(int), "b": Out(str)})
    def as_outputs() -> Any:
        return Output(2, "a"), Output("y", "b", metadata={"rows": 3})

    @op(out={"a": Out(int), "b": Out(str)})
    def as_generator() -> Iterator[Any]:
        yield AssetMaterialization("made", metadata={"n": 1})
        yield AssetObservation("seen")
        yield Output("z", "b")
        yield Output(3, "a")

    @job
    def all_ways() -> None:
        as_tuple()
        as_outputs()
        as_generator()

    result = all_ways.execute_in_process()
    values = {
        name: (result.output_for_node(name, "a"), result.output_for_node(name, "b")) for name in result.started_steps()
    }
    assert values == {"as_tuple": (1, "x"), "as_outputs": (2, "y"), "as_generator": (3, "z")}
    assert [made.label for made in result.asset_materializations_for_node("as_generator")] == ["made"]
    assert [seen.label for seen in result.asset_observations_for_node("as_generator")] == ["seen"]
    produced = [e.detail for e in result.events_for_node("as_outputs") if isinstance(e.detail, OutputProduced)]
    assert produced[1].metadata["rows"].value == 3


def test_async_functions_and_generators_run() -> None:
    import asyncio

    @op
    async def waits() -> int:
        await asyncio.sleep(0)
        return 1

    @op(out={"a": Out(), "b": Out()})
    async def yields() -> Any:
        yield Output(2, "a")
        await asyncio.sleep(0)
        yield Output(3, "b")

    @job
    def asynchronous() -> None:
        waits()
        yields()

    result = asynchronous.execute_in_process()
    assert result.output_for_node("waits") == 1
    assert result.output_for_node("yields", "b") == 3


@pytest.mark.parametrize(
    ("returned", "outs", "message"),
    [
        (1, {"a": Out(), "b": Out()}, "only one output was returned: a value of type int, for a, b"),
        ((1, 2, 3), {"a": Out(), "b": Out()}, "Length mismatch"),
        (Output(1, "c"), {"a": Out()}, "explicitly named 'c'"),
        (AssetMaterialization("x"), {"a": Out()}, "log them with context.log_event"),
    ],
)
def test_results_that_do_not_fit_are_refused(returned: Any, outs: Any, message: str) -> None:
    @op(out=outs)
    def wrong() -> Any:
        return returned

    @job
    def refused() -> None:
        wrong()

    with pytest.raises(InvariantViolationError, match=message):
        refused.execute_in_process()


def test_yielding_a_plain_value_twice_or_too_little_is_refused() -> None:
    @op
    def plain() -> Iterator[Any]:
        yield 5

    @op(out={"a": Out()})
    def twice() -> Iterator[Any]:
        yield Output(1, "a")
        yield Output(1, "a")

    @op(out={"a": Out(), "b": Out()})
    def too_little() -> Iterator[Any]:
        yield Output(1, "a")

    for each, message in [
        (plain, "yielded a value of type .class .int"),
        (twice, "twice"),
        (too_little, 'non-optional output "b"'),
    ]:

        @job
        def refused() -> None:
            each()  # noqa: B023

        with pytest.raises((InvariantViolationError, StepOutputNotFoundError), match=message):
            refused.execute_in_process()


def test_values_are_checked_against_their_types() -> None:
    @op
    def text() -> str:
        return 5  # type: ignore[return-value]

    @op
    def loose() -> Any:
        return "five"

    @job
    def wrong_output() -> None:
        text()

    @job
    def wrong_input() -> None:
        add(loose(), loose.alias("other")())

    with pytest.raises(TypeCheckError, match='output "result" - expected type "String".*text'):
        wrong_output.execute_in_process()
    with pytest.raises(TypeCheckError, match='input "first" - expected type "Int".*add'):
        wrong_input.execute_in_process()


def test_retries_follow_policy_request_and_failure() -> None:
    attempts: list[int] = []

    @op(retry_policy=RetryPolicy(max_retries=2))
    def by_policy(context: Any) -> int:
        attempts.append(context.retry_number)
        if context.retry_number < 2:
            raise ValueError
        return context.retry_number  # type: ignore[no-any-return]

    @op
    def by_request(context: Any) -> str:
        if context.retry_number == 0:
            raise RetryRequested(max_retries=1, seconds_to_wait=0.01)
        return "done"

    @op(retry_policy=RetryPolicy(max_retries=5))
    def forbidden() -> None:
        raise Failure("final", allow_retries=False, metadata={"why": "because"})

    @job
    def retried() -> None:
        by_policy()
        by_request()
        forbidden()

    result = retried.execute_in_process(raise_on_error=False)
    assert attempts == [0, 1, 2]
    assert result.output_for_node("by_policy") == 2
    assert result.retry_attempts_for_node("by_policy") == 2
    assert result.output_for_node("by_request") == "done"
    waits = [e.detail.wait_seconds for e in result.all_events if isinstance(e.detail, StepRetryScheduled)]
    assert waits == [0, 0, 0.01]
    assert result.retry_attempts_for_node("forbidden") == 0
    assert result.failure is not None
    assert result.failure.metadata["why"].value == "because"


def test_op_selection_and_run_config() -> None:
    @op(config_schema={"n": int})
    def configured(context: Any) -> int:
        return context.op_config["n"]  # type: ignore[no-any-return]

    @op
    def double(value: int) -> int:
        return value * 2

    @job
    def small() -> None:
        double(configured())

    assert small.execute_in_process({"ops": {"configured": {"config": {"n": 4}}}}).output_for_node("double") == 8
    with pytest.raises(InvalidConfigError, match="Missing required config entry"):
        small.execute_in_process()
    with pytest.raises(InvalidSubsetError, match="has no op 'nobody'; it has: configured, double"):
        small.execute_in_process(op_selection=["nobody"])
    with pytest.raises(InvalidConfigError, match="'double': {'inputs': {'value'"):
        small.execute_in_process(op_selection=["double"])
    result = small.execute_in_process({"ops": {"double": {"inputs": {"value": 21}}}}, op_selection=["double"])
    assert result.output_for_node("double") == 42
    assert result.is_node_untouched("configured")


def test_inputs_of_the_job_get_values() -> None:
    @op
    def shout(text: str, mark: str = "!") -> str:
        return text.upper() + mark

    @graph
    def shouting(text: str) -> Any:
        return shout(text)

    assert shouting.to_job().execute_in_process(input_values={"text": "hi"}).output_value() == "HI!"


def test_an_input_that_nothing_feeds_is_refused_before_anything_runs() -> None:
    @job
    def unfed() -> None:
        even()

    with pytest.raises(InvalidConfigError, match="'even': {'inputs': {'numbers'"):
        unfed.execute_in_process()


def test_the_context_tells_of_the_run() -> None:
    seen: dict[str, Any] = {}

    @op(tags={"kind": "x"})
    def looks(context: Any) -> None:
        seen.update(
            run_id=context.run_id,
            job=context.job_name,
            tag=context.get_tag("team"),
            has=context.has_tag("nope"),
            parent=context.run.parent_run_id,
            retry=context.retry_number,
            op=context.op_def.name,
        )
        context.log.warning("careful %d", 1)
        context.add_output_metadata({"rows": 1})

    @job
    def looking() -> None:
        looks.alias("here")()

    result = looking.execute_in_process(run_id="r-1", tags={"team": "data"})
    assert seen == {
        "run_id": "r-1", "job": "looking", "tag": "data", "has": False, "parent": None, "retry": 0, "op": "looks"
    }  # fmt: skip
    logs = [event.detail for event in result.all_events if isinstance(event.detail, LogRecorded)]
    assert [(log.level, log.message) for log in logs] == [(30, "careful 1")]
    produced = [event.detail for event in result.all_events if isinstance(event.detail, OutputProduced)]
    assert produced[0].metadata["rows"].value == 1


class Stop(BaseException):
    """What `except Exception` lets through."""


@pytest.mark.parametrize("error", [Stop(), SystemExit(3)])
def test_whatever_an_op_raises_fails_its_step(error: BaseException) -> None:
    @op
    def leave() -> None:
        raise error

    @job
    def leaving() -> None:
        leave()

    result = leaving.execute_in_process(raise_on_error=False)
    assert result.failure is not None
    assert result.failure.type == type(error).__name__


def test_ctrl_c_ends_the_caller_too() -> None:
    @op
    def interrupted() -> None:
        raise KeyboardInterrupt

    @job
    def waiting() -> None:
        interrupted()

    with pytest.raises(KeyboardInterrupt):
        waiting.execute_in_process(raise_on_error=False)


def test_the_result_has_the_run_as_it_ended() -> None:
    @dg.op
    def maybe(context: dg.OpExecutionContext) -> None:
        if context.has_tag("fail"):
            raise ValueError("asked to")

    @dg.job
    def trying() -> None:
        maybe()

    passed = trying.execute_in_process().dagster_run
    failed = trying.execute_in_process(tags={"fail": ""}, raise_on_error=False).dagster_run
    assert (passed.status, passed.is_success) == (dg.RunState.SUCCEEDED, True)
    assert (failed.status, failed.is_failure, failed.tags["fail"]) == (dg.RunState.FAILED, True, "")
