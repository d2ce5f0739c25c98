"""The `@job` decorator, and `to_job` of graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from functools import update_wrapper
from typing import Any, overload

from headrace.config.mapping import ConfigMapping
from headrace.config.run_config import RunConfig
from headrace.definitions.graphs.decorator import compose_graph
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.partitions.partitioned_config import PartitionedConfig
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition


@overload
def job(compose_fn: Callable[..., Any]) -> JobDefinition: ...


@overload
def job(
    *,
    name: str | None = ...,
    description: str | None = ...,
    resource_defs: Mapping[str, object] | None = ...,
    config: ConfigMapping | Mapping[str, Any] | RunConfig | PartitionedConfig | None = ...,
    tags: Mapping[str, Any] | None = ...,
    run_tags: Mapping[str, Any] | None = ...,
    metadata: Mapping[str, Any] | None = ...,
    logger_defs: Mapping[str, Any] | None = ...,
    executor_def: ExecutorDefinition | None = ...,
    op_retry_policy: RetryPolicy | None = ...,
    input_values: Mapping[str, object] | None = ...,
    owners: Sequence[str] | None = ...,
    hooks: Set[HookDefinition] | None = ...,
    partitions_def: PartitionsDefinition | None = ...,
    presets: Mapping[str, Mapping[str, Any] | RunConfig] | None = ...,
) -> Callable[[Callable[..., Any]], JobDefinition]: ...


def job(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    config: ConfigMapping | Mapping[str, Any] | RunConfig | PartitionedConfig | None = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Mapping[str, Any] | None = None,
    executor_def: ExecutorDefinition | None = None,
    op_retry_policy: RetryPolicy | None = None,
    input_values: Mapping[str, object] | None = None,
    owners: Sequence[str] | None = None,
    hooks: Set[HookDefinition] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    presets: Mapping[str, Mapping[str, Any] | RunConfig] | None = None,
) -> JobDefinition | Callable[[Callable[..., Any]], JobDefinition]:
    """Makes a job of a function that calls ops and graphs; the function runs once, now, with placeholders.

    Args:
        compose_fn: The function, when the decorator is used without arguments.
        name: The job's name; the function's when left out.
        description: What it does; the function's docstring when left out.
        resource_defs: Resources by name.
        config: Run config to use where a run gives none, or a mapping that makes run config.
        tags: Shown with the job, and given to its runs unless `run_tags` is given.
        run_tags: Given to its runs.
        metadata: Shown with the job.
        logger_defs: Loggers by name.
        executor_def: How its steps are spread over processes; that of the definitions when left out.
        op_retry_policy: For ops that have no retry policy of their own.
        input_values: Values for the inputs, which are the function's parameters.
        owners: Who answers for it.
        hooks: Run after every step.
        partitions_def: The partitions that its runs are for.
        presets: Configurations to begin with where somebody launches a run by hand, by name.
    """

    def make(function: Callable[..., Any]) -> JobDefinition:
        made = JobDefinition(
            graph_def=compose_graph(function, name=name, description=description, node_type="job"),
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            run_tags=run_tags,
            metadata=metadata,
            logger_defs=logger_defs,
            executor_def=executor_def,
            op_retry_policy=op_retry_policy,
            input_values=input_values,
            owners=owners,
            hooks=hooks,
            partitions_def=partitions_def,
            presets=presets,
        )
        update_wrapper(made, function, updated=())
        return made

    return make if compose_fn is None else make(compose_fn)
