"""One attempt of one step, from its first event to its end."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from headrace.errors import ConfigMappingError, ExecutionInterruptedError, ResourceInitError
from headrace.execute.contexts.resource_pool import ResourcePool
from headrace.execute.contexts.scope import StepScope
from headrace.execute.events.event import LogsCaptured, StepStarted
from headrace.execute.events.failures import failure_info
from headrace.execute.runner import RunFrame, StepEnd
from headrace.execute.scheduling.retries import raised_by_user, retry_ask
from headrace.execute.steps.hooks import run_hooks
from headrace.execute.steps.step import run_step

if TYPE_CHECKING:
    from headrace.execute.scheduling.delegate import Launch


_RAISED_AS_THEY_ARE = (ConfigMappingError, ResourceInitError)
"""Errors of user code that no op wrote: without the wrapper nobody could tell where they come from."""


def run_attempt(frame: RunFrame, launch: Launch, pool: ResourcePool | None = None) -> StepEnd:
    """Run an attempt; whatever user code does, this returns how it ended.

    Args:
        frame: The run.
        launch: The step and the number of the attempt.
        pool: Resources shared with other steps; without it, the attempt starts and ends its own.
    """
    scope = StepScope(frame, launch)
    started = time.perf_counter()
    error: BaseException | None = None
    try:
        with frame.capture.attempt(frame.spec.run_id, launch.key, launch.attempt) as files:
            scope.emit(StepStarted(os.getpid()))
            if files is not None:
                scope.emit(LogsCaptured(files.stdout, files.stderr))
            _run(scope, pool)
    except KeyboardInterrupt:
        raise  # somebody at the terminal wants all of it to end
    except BaseException as raised:
        error = raised
    return _end(scope, time.perf_counter() - started, error)


def _run(scope: StepScope, shared: ResourcePool | None) -> None:
    pool = shared if shared is not None else ResourcePool.of(scope.frame)
    try:
        with scope.frame.interrupts.armed():
            _run_with_hooks(scope, pool)
    finally:
        if shared is None:
            pool.close()


def _run_with_hooks(scope: StepScope, pool: ResourcePool) -> None:
    try:
        run_step(scope, pool)
    except (Exception, SystemExit) as error:
        run_hooks(scope, pool, error)
        raise
    run_hooks(scope, pool, None)


def _end(scope: StepScope, duration: float, error: BaseException | None) -> StepEnd:
    key, attempt, outputs = scope.step.key, scope.attempt, tuple(scope.produced)
    if error is None:
        return StepEnd(key, attempt, time.time(), duration, outputs, scope.mapping_keys)
    retryable, asked = retry_ask(error)
    return StepEnd(
        key,
        attempt,
        time.time(),
        duration,
        outputs,
        failure=failure_info(error),
        retryable=retryable,
        asked=asked,
        interrupted=isinstance(error, ExecutionInterruptedError),
        error=error if isinstance(error, _RAISED_AS_THEY_ARE) else raised_by_user(error),
    )
