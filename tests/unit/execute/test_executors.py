"""An executor's config means how many steps run where."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from headrace.definitions.jobs.decorator import job
from headrace.definitions.jobs.executor import (
    ExecutorDefinition,
    executor,
    in_process_executor,
    multi_or_in_process_executor,
    multiprocess_executor,
)
from headrace.definitions.jobs.init_executor import InitExecutorContext
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.outputs import Out, Output
from headrace.errors import InvalidDefinitionError, UnmetExecutorRequirementsError
from headrace.execute.runs.local import execute_job_locally
from headrace.execute.scheduling.executors import ExecutorSettings, executor_settings
from headrace.execute.scheduling.limits import TagLimit
from headrace.execute.spec import RunSpec
from headrace.integrations.docker import docker_executor


@op
def nothing() -> None: ...


@pytest.mark.parametrize(
    ("executor", "config", "expected"),
    [
        (in_process_executor, None, ExecutorSettings(isolates=False)),
        (in_process_executor, {"retries": {"disabled": {}}}, ExecutorSettings(isolates=False, retries_enabled=False)),
        (multiprocess_executor, None, ExecutorSettings(isolates=True, max_concurrent=os.cpu_count() or 1)),
        (multiprocess_executor, {"max_concurrent": 7}, ExecutorSettings(isolates=True, max_concurrent=7)),
        (
            multiprocess_executor.configured({"max_concurrent": 3, "start_method": {"spawn": {}}}),
            None,
            ExecutorSettings(isolates=True, max_concurrent=3, start_method="spawn"),
        ),
        (
            multiprocess_executor,
            {
                "max_concurrent": 2,
                "tag_concurrency_limits": [
                    {"key": "db", "limit": 1},
                    {"key": "db", "value": "x", "limit": 2},
                    {"key": "db", "value": {"applyLimitPerUniqueValue": True}, "limit": 3},
                ],
            },
            ExecutorSettings(
                isolates=True,
                max_concurrent=2,
                tag_limits=(TagLimit("db", 1), TagLimit("db", 2, value="x"), TagLimit("db", 3, per_value=True)),
            ),
        ),
        (
            multi_or_in_process_executor,
            {"multiprocess": {"max_concurrent": 4, "start_method": {"forkserver": {}}}},
            ExecutorSettings(isolates=True, max_concurrent=4, start_method="fork"),
        ),
        (multi_or_in_process_executor, {"in_process": {}}, ExecutorSettings(isolates=False)),
        (multi_or_in_process_executor, None, ExecutorSettings(isolates=True, max_concurrent=os.cpu_count() or 1)),
    ],
)
def test_settings(executor: ExecutorDefinition, config: Any, expected: ExecutorSettings) -> None:
    @job(executor_def=executor)
    def empty() -> None:
        nothing()

    run_config = {} if config is None else {"execution": {"config": config}}
    assert executor_settings(empty, run_config) == expected


def test_an_executor_that_is_not_here_is_refused_by_name() -> None:
    @job(executor_def=ExecutorDefinition("nomad"))
    def far_away() -> None:
        nothing()

    with pytest.raises(UnmetExecutorRequirementsError, match="'nomad' is not available"):
        executor_settings(far_away)


def test_an_engine_gets_what_an_executor_says_beside_limits_and_retries() -> None:
    @job(executor_def=docker_executor)
    def in_containers() -> None:
        nothing()

    config_of_engine = {"image": "etl:7", "network": "data"}
    config = {**config_of_engine, "max_concurrent": 3, "retries": {"disabled": {}}}
    settings = executor_settings(in_containers, {"execution": {"config": config}})
    assert (settings.engine, settings.isolates, settings.max_concurrent) == ("docker", True, 3)
    assert not settings.retries_enabled
    assert {**settings.engine_config, "container_kwargs": {}} == {**config_of_engine, "container_kwargs": {}}
    assert executor_settings(in_containers).max_concurrent is None


def test_steps_of_an_engine_need_a_running_headrace() -> None:
    @job(executor_def=docker_executor)
    def in_containers() -> None:
        nothing()

    with pytest.raises(UnmetExecutorRequirementsError, match="reports? to a running Headrace"):
        execute_job_locally(in_containers, RunSpec("r", "in_containers"), emit=lambda _: None)


def test_a_step_may_do_with_the_outputs_of_one_that_failed_afterwards() -> None:
    @op(out={"early": Out(), "late": Out()})
    def half() -> Iterator[Any]:
        yield Output(1, "early")
        raise ValueError("no more")

    @op
    def take(value: int) -> int:
        return value

    @job(executor_def=in_process_executor)
    def partial() -> None:
        early, late = half()
        take.alias("of_early")(early)
        take.alias("of_late")(late)

    def finished(**settings: Any) -> tuple[bool, bool]:
        result = partial.execute_in_process(
            {"execution": {"config": settings}} if settings else None, raise_on_error=False
        )
        return result.is_node_success("of_early"), result.is_node_skipped("of_late")

    assert finished() == (False, True)
    assert finished(step_dependency_config={"require_upstream_step_success": False}) == (True, True)


def test_an_executor_of_ones_own_is_made_of_a_built_in_one() -> None:
    @executor(config_schema={"many": int})
    def careful(context: InitExecutorContext) -> Any:
        config = {"max_concurrent": context.executor_config["many"], "retries": {"disabled": {}}}
        return multiprocess_executor.executor_creation_fn(replace(context, executor_config=config))

    @executor
    def wrong(context: InitExecutorContext) -> Any:
        return "an executor"

    @job(executor_def=careful)
    def made() -> None:
        nothing()

    settings = executor_settings(made, {"execution": {"config": {"many": 3}}})
    assert (settings.isolates, settings.max_concurrent, settings.retries_enabled) == (True, 3, False)
    fixed = executor_settings(made.with_executor_def(careful.configured({"many": 2}, name="two")))
    assert fixed.max_concurrent == 2
    with pytest.raises(InvalidDefinitionError, match="return what a built-in executor makes"):
        executor_settings(made.with_executor_def(wrong))
