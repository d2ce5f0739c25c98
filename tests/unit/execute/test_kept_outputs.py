"""Outputs that would stay in the memory of a step's own process are refused before anything runs."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace.execute.scheduling.kept_outputs import may_lose_outputs
from headrace.wire.jobs import to_job


@dg.op
def one() -> int:
    return 1


@dg.op
def nothing() -> None: ...


@dg.job(resource_defs={"io_manager": dg.mem_io_manager})
def remembering() -> None:
    one()


@dg.job(resource_defs={"io_manager": dg.InMemoryIOManager()}, executor_def=dg.multiprocess_executor)
def remembering_itself() -> None:
    one()


@dg.job(resource_defs={"io_manager": dg.mem_io_manager})
def keeping_nothing() -> None:
    nothing()


@pytest.mark.parametrize("job", [remembering, remembering_itself])
def test_nothing_is_recorded_of_a_run_whose_outputs_would_be_lost(job: dg.JobDefinition) -> None:
    with dg.instance_for_test() as instance:
        with pytest.raises(dg.UnmetExecutorRequirementsError, match="output 'result' of step 'one' is kept in memory"):
            dg.execute_job(job, instance)
        assert instance.get_runs() == []


def test_one_process_may_keep_them() -> None:
    with dg.instance_for_test() as instance:
        config = {"execution": {"config": {"in_process": {}}}}
        assert dg.execute_job(remembering, instance, run_config=config).success
    assert remembering.execute_in_process().success


def test_steps_without_outputs_lose_none() -> None:
    with dg.instance_for_test() as instance:
        assert dg.execute_job(keeping_nothing, instance).success


def test_such_a_job_is_told_to_need_config_so_that_services_ask_for_it() -> None:
    @dg.job(resource_defs={"io_manager": dg.mem_io_manager}, executor_def=dg.in_process_executor)
    def in_one_process() -> None:
        one()

    assert to_job(remembering).config_required
    assert not to_job(in_one_process).config_required
    assert not may_lose_outputs(in_one_process)
