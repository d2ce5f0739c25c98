"""Dynamic outputs: steps run once for each value, and what they make can be collected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headrace.definitions.graphs.decorator import graph
from headrace.definitions.jobs.decorator import job
from headrace.definitions.jobs.executor import multiprocess_executor
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.outputs import DynamicOut, DynamicOutput, Out, Output
from headrace.errors import InvalidDefinitionError, InvariantViolationError
from headrace.execute.events.event import StepSkipped
from headrace.execute.runs.local import execute_job_locally
from headrace.execute.spec import RunSpec


@op(out=DynamicOut(int), config_schema={"count": int})
def parts(context: Any) -> Iterator[DynamicOutput[int]]:
    for number in range(context.op_config["count"]):
        yield DynamicOutput(number, mapping_key=f"n{number}")


@op
def offset() -> int:
    return 100


@op
def add(part: int, offset: int) -> int:
    return part + offset


@op
def double(value: int) -> int:
    return value * 2


@op
def total(values: list[int]) -> int:
    return sum(values)


@job
def mapped() -> None:
    start = offset()
    doubled = parts().map(lambda part: double(add(part, start)))
    total(doubled.collect())


def config(count: int) -> dict[str, Any]:
    return {"ops": {"parts": {"config": {"count": count}}}}


def test_each_value_gets_its_own_steps() -> None:
    result = mapped.execute_in_process(config(3))
    assert result.output_for_node("total") == 2 * (100 + 101 + 102)
    assert result.output_for_node("parts") == {"n0": 0, "n1": 1, "n2": 2}
    assert result.output_for_node("add") == {"n0": 100, "n1": 101, "n2": 102}
    steps = {"offset", "parts", *(f"{name}[n{n}]" for name in ("add", "double") for n in range(3)), "total"}
    assert set(result.started_steps()) == steps


def test_no_value_leaves_an_empty_list_to_collect() -> None:
    result = mapped.execute_in_process(config(0))
    assert result.output_for_node("total") == 0
    assert set(result.started_steps()) == {"offset", "parts", "total"}


def test_in_processes_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path))
    isolated = mapped.with_top_level({}, executor_def=multiprocess_executor)
    events: list[Any] = []
    outcome = execute_job_locally(isolated, RunSpec("r", "mapped", config(2)), emit=events.append)
    assert outcome.state == "succeeded", outcome.failure
    assert (tmp_path / "storage" / "r" / "parts" / "result" / "n1").exists()
    assert (tmp_path / "storage" / "r" / "double[n1]" / "result").exists()


def test_values_can_be_collected_as_they_are_and_inside_of_graphs() -> None:
    @graph
    def inner() -> Any:
        return total(parts().map(double).collect())

    @job
    def outer() -> None:
        double.alias("twice")(inner())
        total.alias("plain")(parts.alias("again")().collect())

    inside = {"inner": config(3), "again": {"config": {"count": 2}}}
    result = outer.execute_in_process({"ops": inside})
    assert result.output_for_node("twice") == 12
    assert result.output_for_node("plain") == 1


def test_one_failing_value_bars_what_collects_but_not_its_siblings() -> None:
    @op
    def picky(value: int) -> int:
        if value == 1:
            raise ValueError("not this one")
        return value

    @job
    def failing() -> None:
        total(parts().map(picky).collect())

    result = failing.execute_in_process(config(3), raise_on_error=False)
    assert result.get_failed_step_keys() == {"picky[n1]"}
    assert result.is_node_success("picky[n2]")
    (skip,) = [event.detail for event in result.all_events if isinstance(event.detail, StepSkipped)]
    assert (skip.upstream_failed, skip.upstream) == (True, ("picky[n1]",))


def test_a_failing_source_skips_what_is_mapped_over_it() -> None:
    @op(out=DynamicOut())
    def broken() -> Iterator[Any]:
        yield DynamicOutput(1, "a")
        raise ValueError

    @job
    def failing() -> None:
        total(broken().map(double).collect())

    result = failing.execute_in_process(raise_on_error=False)
    assert result.is_node_skipped("double")
    assert result.is_node_skipped("total")


def test_a_value_left_out_on_the_way_is_not_collected() -> None:
    @op(out=Out(int, is_required=False))
    def odd_only(value: int) -> Iterator[Output[int]]:
        if value % 2:
            yield Output(value)

    @job
    def filtering() -> None:
        total(parts().map(odd_only).collect())

    assert filtering.execute_in_process(config(4)).output_for_node("total") == 4


def test_mapping_over_two_at_once_is_refused() -> None:
    @op(out=DynamicOut())
    def more(value: int) -> Iterator[Any]:
        yield DynamicOutput(value, "x")

    @op
    def show(value: Any) -> None: ...

    with pytest.raises(InvalidDefinitionError, match="more than one dynamic output.*Collect the first one"):

        @job
        def nested() -> None:
            parts().map(lambda part: more(part).map(show))

    with pytest.raises(InvalidDefinitionError, match="Problematic dependency on dynamic output .parts:result"):

        @job
        def listed() -> None:
            parts().map(lambda part: show([part]))

    with pytest.raises(
        InvalidDefinitionError,
        match="cannot both collect over dynamic output .parts:result. and be downstream of it",
    ):

        @op
        def both(one: Any, every: Any) -> None: ...

        @job
        def mixed() -> None:
            found = parts()
            found.map(lambda part: both(part, found.collect()))


def test_dynamic_outputs_of_mapped_ops_are_stored_if_nobody_takes_them() -> None:
    @op(out=DynamicOut())
    def more(value: int) -> Iterator[Any]:
        yield DynamicOutput(value, "x")

    @job
    def nested() -> None:
        parts().map(more)

    assert nested.execute_in_process(config(1)).success


def test_what_collects_an_optional_dynamic_output_is_skipped_when_nothing_came() -> None:
    @op(out=DynamicOut(is_required=False))
    def nothing() -> Iterator[Any]:
        yield from ()

    @op
    def gather(values: list[Any]) -> None: ...

    @job
    def empty() -> None:
        gather(nothing().collect())

    result = empty.execute_in_process()
    assert result.success and result.is_node_skipped("gather")


@pytest.mark.parametrize(
    ("out", "given", "message"),
    [
        (DynamicOut(), [DynamicOutput(1, "a"), DynamicOutput(2, "a")], "mapping key 'a' of 'result' twice"),
        (DynamicOut(), [Output(1)], "gave a plain value for 'result', which is declared as DynamicOut"),
        (Out(), [DynamicOutput(1, "a")], "which is not declared as DynamicOut"),
    ],
)
def test_outputs_that_do_not_fit_are_refused(out: Out, given: list[Any], message: str) -> None:
    @op(out=out)
    def wrong() -> Iterator[Any]:
        yield from given

    @job
    def refused() -> None:
        wrong()

    with pytest.raises(InvariantViolationError, match=message):
        refused.execute_in_process()


def test_selecting_a_mapped_step_brings_what_makes_its_values() -> None:
    result = mapped.execute_in_process({"ops": {**config(2)["ops"]}}, op_selection=["*double"])
    assert set(result.output_for_node("double")) == {"n0", "n1"}
    assert result.is_node_untouched("total")
