"""What an executor's definition and config mean for a run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headrace.definitions.jobs.executor import COMMON_SCHEMA
from headrace.definitions.jobs.init_executor import InitExecutorContext
from headrace.errors import UnmetExecutorRequirementsError
from headrace.execute.scheduling.limits import TagLimit

if TYPE_CHECKING:
    from headrace.definitions.jobs.executor import ExecutorDefinition
    from headrace.definitions.jobs.job import JobDefinition

IN_PROCESS = "in_process"
MULTIPROCESS = "multiprocess"
EITHER = "multi_or_in_process_executor"


@dataclass(frozen=True, slots=True)
class ExecutorSettings:
    """How the steps of a run are spread over processes.

    Attributes:
        isolates: Whether each attempt has a process of its own.
        max_concurrent: How many attempts may be in flight.
        needs_upstream_success: Whether a step waits for the steps upstream to succeed, or only for the outputs it needs.
        start_method: `auto`, `fork` or `spawn`.
        engine: What starts a worker for each attempt, elsewhere; empty where the run's worker does it itself.
        engine_config: What the executor's config says to it.
    """

    isolates: bool
    max_concurrent: int | None = 1
    tag_limits: tuple[TagLimit, ...] = ()
    retries_enabled: bool = True
    needs_upstream_success: bool = True
    start_method: str = "auto"
    engine: str = ""
    engine_config: Mapping[str, Any] = field(default_factory=dict)


def executor_settings(job: JobDefinition, run_config: Mapping[str, Any] | None = None) -> ExecutorSettings:
    """The settings for a run of `job`, by its executor and the `execution` section of the run config."""
    return settings_of(job.executor_def, job.resolve_run_config(run_config).execution_config)


def settings_of(executor: ExecutorDefinition, config: Any) -> ExecutorSettings:
    """The settings that an executor and its final config mean.

    Raises:
        UnmetExecutorRequirementsError: no such executor is here.
    """
    made = executor.create(InitExecutorContext(None, executor, config))
    kind, config = made.kind, made.config or {}
    if kind == EITHER:
        kind, config = next(iter(config.items()), (MULTIPROCESS, {}))
        config = config or {}
    if kind not in (IN_PROCESS, MULTIPROCESS) and not made.engine:
        raise UnmetExecutorRequirementsError(
            f"Executor {executor.name!r} is not available: there is none of the kind {kind!r}. Give the job one that is, such "
            "as multiprocess_executor."
        )
    retries_enabled = "disabled" not in (config.get("retries") or {})
    strict = (config.get("step_dependency_config") or {}).get("require_upstream_step_success", True)
    if kind == IN_PROCESS:
        return ExecutorSettings(isolates=False, retries_enabled=retries_enabled, needs_upstream_success=strict)
    tag_limits = tuple(TagLimit.from_config(each) for each in config.get("tag_concurrency_limits") or ())
    if made.engine:
        return ExecutorSettings(
            isolates=True,
            max_concurrent=config.get("max_concurrent") or None,
            tag_limits=tag_limits,
            retries_enabled=retries_enabled,
            needs_upstream_success=strict,
            engine=made.engine,
            engine_config={key: value for key, value in config.items() if key not in COMMON_SCHEMA},
        )
    start_method = next(iter(config.get("start_method") or {"auto": {}}))
    return ExecutorSettings(
        isolates=True,
        max_concurrent=config.get("max_concurrent") or os.cpu_count() or 1,
        tag_limits=tag_limits,
        retries_enabled=retries_enabled,
        needs_upstream_success=strict,
        start_method="fork" if start_method == "forkserver" else start_method,
    )
