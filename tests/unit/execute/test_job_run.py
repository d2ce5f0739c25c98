"""`execute_job`: a job of a module, run by its own executor, its outputs loaded from where they were stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import headrace as dg
from headrace.errors import InvariantViolationError, RunNotFoundError, StepNotFoundError


@dg.op(config_schema={"n": int})
def one(context: dg.OpExecutionContext) -> int:
    return int(context.op_config["n"])


@dg.op
def doubled(value: int) -> int:
    if value < 0:
        raise ValueError("too small")
    return value * 2


@dg.graph
def both() -> int:
    return doubled(one())  # type: ignore[no-any-return]


@dg.op(out=dg.DynamicOut())
def parts() -> list[dg.DynamicOutput[int]]:
    return [dg.DynamicOutput(n, mapping_key=str(n)) for n in (1, 2)]


def nested_job() -> dg.JobDefinition:
    @dg.job(executor_def=dg.in_process_executor)
    def nested() -> None:
        both()

    return nested


@dg.job
def mapped() -> None:
    parts().map(doubled)


def config(n: int) -> dict[str, object]:
    return {"ops": {"both": {"ops": {"one": {"config": {"n": n}}}}}}


def test_outputs_are_loaded_inside_of_a_with_statement() -> None:
    with dg.instance_for_test() as instance:
        result = dg.execute_job(dg.reconstructable(nested_job), instance, run_config=config(3), tags={"team": "a"})
        with pytest.raises(InvariantViolationError, match="must be opened as a context manager"):
            result.output_for_node("both")
        with result:
            assert (result.output_for_node("both.one"), result.output_for_node("both")) == (3, 6)
        run = instance.get_run_by_id(result.run_id)
    assert result.success
    assert run is not None and run.is_success and run.tags == {"team": "a"}


def test_steps_in_processes_of_their_own_leave_dynamic_outputs_by_mapping_key() -> None:
    with dg.instance_for_test() as instance, dg.execute_job(dg.reconstructable(mapped), instance) as result:
        assert result.output_for_node("parts") == {"1": 1, "2": 2}
        assert result.output_for_node("doubled") == {"1": 2, "2": 4}


def test_a_failure_is_in_the_result_or_raised() -> None:
    with dg.instance_for_test() as instance:
        result = dg.execute_job(dg.reconstructable(nested_job), instance, run_config=config(-1))
        assert not result.success
        assert result.failure_data_for_node("both.doubled") is not None
        with pytest.raises(ValueError, match="too small"):
            dg.execute_job(dg.reconstructable(nested_job), instance, run_config=config(-1), raise_on_error=True)


def test_a_run_is_executed_again_from_where_it_failed() -> None:
    with dg.instance_for_test() as instance:
        first = dg.execute_job(dg.reconstructable(nested_job), instance, run_config=config(-1))
        options = dg.ReexecutionOptions.from_failure(first.run_id, instance)
        assert options.step_selection == ["both.doubled*"]
        again = dg.execute_job(
            dg.reconstructable(nested_job), instance, run_config=config(-1), reexecution_options=options
        )
        assert again.started_steps() == ["both.doubled"]
        assert (again.dagster_run.parent_run_id, again.dagster_run.root_run_id) == (first.run_id, first.run_id)
        with pytest.raises(RunNotFoundError, match="no run 'nobody'"):
            dg.ReexecutionOptions.from_failure("nobody", instance)


def test_only_what_other_processes_can_find_is_reconstructable() -> None:
    assert dg.reconstructable(mapped).get_definition() is mapped
    assert dg.reconstructable(nested_job).get_definition().name == "nested"
    assert dg.reconstructable(both).get_definition().name == "both"
    made = dg.build_reconstructable_job(__name__, "nested_job")
    assert made.get_definition().name == "nested"

    with pytest.raises(InvariantViolationError, match="can not be a lambda"):
        dg.reconstructable(lambda: mapped)
    with pytest.raises(InvariantViolationError, match="defined at module scope"):
        dg.reconstructable(nested_job())
    with pytest.raises(InvariantViolationError, match="callable with no arguments"):
        dg.reconstructable(config)
    with pytest.raises(InvariantViolationError, match="not a function returning a job"):
        dg.reconstructable(dg.GraphDefinition("by_hand", node_defs=[doubled]))


@dg.op(config_schema=str)
def fragile(context: dg.OpExecutionContext, value: int) -> int:
    if value > int(Path(context.op_config).read_text()):
        raise ValueError("too much yet")
    return value * 10


@dg.op
def gathered(values: list[int]) -> int:
    return sum(values)


@dg.op(out={"taken": dg.Out(is_required=False), "left": dg.Out(is_required=False)})
def either() -> Iterator[dg.Output[int]]:
    yield dg.Output(1, "taken")


@dg.op
def after(choice: int, total: int) -> int:
    return choice + total


@dg.job(executor_def=dg.in_process_executor)
def resumable() -> None:
    total = gathered(parts().map(fragile).collect())
    taken, left = either()
    after.alias("on_taken")(taken, total)
    after.alias("on_left")(left, total)


def resume(instance: dg.Instance, run_id: str, limit: Path, steps: list[str] | None = None) -> dg.JobExecutionResult:
    options = dg.ReexecutionOptions(run_id, steps) if steps else dg.ReexecutionOptions.from_failure(run_id, instance)
    return dg.execute_job(
        dg.reconstructable(resumable),
        instance,
        run_config={"ops": {"fragile": {"config": str(limit)}}},
        reexecution_options=options,
    )


def test_only_what_failed_of_the_values_of_a_dynamic_output_is_executed_again(tmp_path: Path) -> None:
    limit = tmp_path / "limit"
    limit.write_text("1")
    with dg.instance_for_test() as instance:
        first = dg.execute_job(
            dg.reconstructable(resumable), instance, run_config={"ops": {"fragile": {"config": str(limit)}}}
        )
        assert not first.success and "fragile[1]" in first.started_steps()

        limit.write_text("2")
        second = resume(instance, first.run_id, limit)
        assert second.success
        assert second.started_steps() == ["fragile[2]", "gathered", "on_taken"]
        with second:
            assert (second.output_for_node("gathered"), second.output_for_node("on_taken")) == (30, 31)

        third = resume(instance, second.run_id, limit, ["fragile[1]"])
        with third:
            assert third.output_for_node("fragile") == {"1": 10}
        with pytest.raises(StepNotFoundError, match=r"refers to unknown step: fragile\[9\]"):
            resume(instance, first.run_id, limit, ["fragile[9]"])
