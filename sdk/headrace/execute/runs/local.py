"""Running a job on this machine without any service, its executor included: what `headrace job execute` does."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from headrace.errors import UnmetExecutorRequirementsError
from headrace.execute.interrupts import Interrupts
from headrace.execute.runners.in_process_steps import InProcessSteps
from headrace.execute.runners.spawn import spawned_steps
from headrace.execute.runners.zygote import Zygote
from headrace.execute.runs.run import RunOutcome, execute_run
from headrace.execute.scheduling.executors import settings_of
from headrace.io.home import storage_directory

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.capture import Capture
    from headrace.execute.events.event import Event
    from headrace.execute.runner import OpenSteps, RunFrame, StepRunner
    from headrace.execute.spec import RunSpec


def execute_job_locally(
    job: JobDefinition,
    spec: RunSpec,
    *,
    emit: Callable[[Event], None],
    capture: Capture | None = None,
    resolve_job: Callable[[RunSpec], JobDefinition] | None = None,
    instance: Any = None,
) -> RunOutcome:
    """Run `job` as `spec` asks with the executor that it names; SIGTERM and SIGINT cancel it.

    Args:
        job: The job.
        spec: Which part of it, with which config.
        emit: Gets every event as it happens.
        capture: What becomes of standard output and error; left alone when None.
        instance: What user code finds as `context.instance`.
        resolve_job: Finds the job from a fresh interpreter, where steps cannot be forked: see `spawned_steps`.
    """
    # Made before anything is forked, so that all processes of the run agree on it.
    storage_directory()
    interrupts = Interrupts()
    try:
        with interrupts.installed():
            return execute_run(
                job,
                spec,
                emit=emit,
                cancelled=interrupts,
                steps=_steps(job, resolve_job),
                capture=capture,
                instance=instance,
            )
    finally:
        interrupts.close()


def fork_hazard() -> str | None:
    """Why this process should not be forked; None when nothing speaks against it."""
    if not sys.platform.startswith("linux"):
        return "forking a process with loaded system libraries is only safe on Linux"
    others = [thread.name for thread in threading.enumerate() if thread is not threading.current_thread()]
    return f"other threads are running: {', '.join(others)}" if others else None


def _steps(job: JobDefinition, resolve_job: Callable[[RunSpec], JobDefinition] | None) -> OpenSteps:
    def open_steps(frame: RunFrame) -> StepRunner:
        settings = settings_of(frame.job.executor_def, frame.config.execution_config)
        if settings.engine:
            raise UnmetExecutorRequirementsError(
                f"Executor {frame.job.executor_def.name!r} has its steps report to a running Headrace: launch the job there, "
                "or give it in_process_executor or multiprocess_executor to run it here."
            )
        if not settings.isolates:
            return InProcessSteps(frame)
        spawns = settings.start_method == "spawn" or (settings.start_method == "auto" and fork_hazard() is not None)
        if spawns and resolve_job is not None:
            return spawned_steps(resolve_job)(frame)
        return Zygote.fork(lambda _: job).open_steps(frame)

    return open_steps
