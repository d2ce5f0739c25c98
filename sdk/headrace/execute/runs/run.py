"""Running a whole plan: the loop that joins the step scheduling core, a step runner and the events."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from headrace.errors import UnmetExecutorRequirementsError
from headrace.execute.events.event import (
    Detail,
    EngineNoted,
    Event,
    FailureInfo,
    StepFailed,
    StepRetryScheduled,
    StepSkipped,
    StepSucceeded,
)
from headrace.execute.frame import open_frame
from headrace.execute.interrupts import Interrupts
from headrace.execute.runner import KeepOutput, OpenSteps, RunFrame, StepEnd, StepRunner
from headrace.execute.runners.in_process_steps import InProcessSteps
from headrace.execute.runs.loggers import logging_to, open_loggers
from headrace.execute.runs.mapped import Mapped
from headrace.execute.runs.versions import RecordedVersion, Stamping
from headrace.execute.scheduling.delegate import Delegate, Retry, Skip, Turn
from headrace.execute.scheduling.executors import settings_of
from headrace.execute.scheduling.kept_outputs import refuse_lost_outputs
from headrace.execute.scheduling.nodes import step_nodes

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.capture import Capture
    from headrace.execute.scheduling.slots import Slots
    from headrace.execute.spec import RunSpec

RunState = Literal["succeeded", "failed", "canceled"]


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        failure: The first thing that went wrong.
        error: The exception behind it, where it was raised in this process.
    """

    state: RunState
    failure: FailureInfo | None = None
    error: BaseException | None = None


def execute_run(
    job: JobDefinition,
    spec: RunSpec,
    *,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool] | None = None,
    steps: OpenSteps = InProcessSteps,
    capture: Capture | None = None,
    resources: Mapping[str, Any] | None = None,
    input_values: Mapping[str, Any] | None = None,
    instance: Any = None,
    keep_output: KeepOutput | None = None,
    slots: Slots | None = None,
    data_version: RecordedVersion | None = None,
) -> RunOutcome:
    """Run `job` as `spec` asks, in this thread, until it ends.

    Failures of user code are part of the outcome; only a mistake of the caller or of Headrace raises.

    Args:
        job: The job, as it is defined.
        spec: Which part of it, with which config.
        emit: Gets every event, in order.
        cancelled: Asked between steps whether to stop. An `Interrupts` can also wake the run and break into user code.
        steps: Where attempts run: in this process, or in processes of their own (`Zygote.open_steps`).
        capture: What becomes of standard output and error; left alone when None.
        resources: Ready objects, instead of the job's own resources of these names.
        input_values: Values for inputs of the job itself.
        instance: What `context.instance` is to be.
        keep_output: Gets the value of every output; only for steps of this process.
        slots: Gets slots of pools for steps; without it pools hold nothing up. Wakes the run through `cancelled`, an
            `Interrupts`.
        data_version: Tells the version of what the run has not made itself; the instance is asked when None.

    Raises:
        InvalidSubsetError: a selection does not fit the job.
        InvalidConfigError: the run config does not fit the job.
        UnmetExecutorRequirementsError: `resources` or `input_values` cannot reach the processes of the steps, or outputs
            cannot leave them.
    """
    if steps is not InProcessSteps and (resources or input_values):
        raise UnmetExecutorRequirementsError(
            "Resources and input values given to a run cannot reach steps that run in processes of their own. Define them "
            "on the job, or use in_process_executor."
        )
    interrupts = cancelled if isinstance(cancelled, Interrupts) else Interrupts(cancelled)
    frame = open_frame(
        job,
        spec,
        emit=emit,
        capture=capture,
        resources=resources,
        input_values=input_values,
        interrupts=interrupts,
        instance=instance,
        keep_output=keep_output,
    )
    stamping = Stamping(frame, data_version) if data_version else Stamping.by_records(frame)
    frame = replace(frame, emit=stamping)
    frame = replace(frame, emit=logging_to(open_loggers(frame), frame.emit, job.name))
    if steps is not InProcessSteps:
        refuse_lost_outputs(frame)
    runner = steps(frame)
    try:
        return _Run(frame, runner, slots).run()
    finally:
        runner.close()
        if interrupts is not cancelled:
            interrupts.close()


class _Run:
    def __init__(self, frame: RunFrame, runner: StepRunner, slots: Slots | None) -> None:
        settings = settings_of(frame.job.executor_def, frame.config.execution_config)
        self._frame = frame
        self._runner = runner
        self._slots = slots
        self._failure: FailureInfo | None = None
        self._error: BaseException | None = None
        self._mapping = Mapped(frame.plan)
        self._delegate = Delegate(
            step_nodes(frame.plan),
            max_concurrent=_smaller(runner.capacity, settings.max_concurrent),
            tag_limits=settings.tag_limits,
            retries_enabled=settings.retries_enabled,
            needs_upstream_success=settings.needs_upstream_success,
            random=random.random,
            pooled=slots is not None,
        )

    def run(self) -> RunOutcome:
        delegate = self._delegate
        while not delegate.done:
            self._frame.interrupts.woken()
            self._stopping()
            if self._slots is not None:
                delegate.granted(self._slots.granted())
            turn = delegate.next(time.time())
            for skip in turn.skips:
                self._skipped(skip)
            for launch in turn.launches:
                self._runner.start(self._mapping.complete(launch))
            if self._share_slots(turn):
                continue
            if delegate.done:
                break
            timeout = None if turn.wake_at is None else max(0.0, turn.wake_at - time.time())
            for end in self._runner.wait(timeout):
                self._ended(end)
        return self._outcome()

    def _share_slots(self, turn: Turn) -> bool:
        """Returns whether a step got the slot it needs, and may start at once."""
        if self._slots is None:
            return False
        for key in turn.releases:
            self._slots.release(key)
        if not turn.asks:
            return False
        granted = self._slots.claim(turn.asks)
        for ask in turn.asks:
            if ask.key not in granted:
                note = EngineNoted(f"Waits for a slot of the pool {ask.pool}.")
                self._frame.emit(Event(self._frame.spec.run_id, time.time(), ask.key, 0, note))
        self._delegate.granted(granted)
        # Where none was granted, others that need no slot may start in their place.
        return True

    def _stopping(self) -> bool:
        """Whether the run is being canceled; begins it when asked to."""
        if not self._delegate.cancelled and self._frame.interrupts():
            self._delegate.cancel()
            self._runner.stop()
        return self._delegate.cancelled

    def _outcome(self) -> RunOutcome:
        if self._delegate.cancelled:
            return RunOutcome("canceled", self._failure, self._error)
        state: RunState = "failed" if self._delegate.failed_steps else "succeeded"
        return RunOutcome(state, self._failure, self._error)

    def _ended(self, end: StepEnd) -> None:
        if self._slots is not None:
            self._slots.release(end.key)
        if end.failure is None:
            self._delegate.replace(self._mapping.expand(end))
            self._delegate.succeeded(end.key, end.outputs)
            self._emit(end, StepSucceeded(end.duration))
        elif end.interrupted and self._stopping():
            self._delegate.interrupted(end.key)
            self._emit(end, StepFailed(end.failure, end.duration))
        else:
            self._failed(end, end.failure)

    def _failed(self, end: StepEnd, failure: FailureInfo) -> None:
        retry: Retry | None = self._delegate.failed(
            end.key, time.time(), retryable=end.retryable, asked=end.asked, outputs=end.outputs
        )
        if retry is not None:
            self._emit(end, StepRetryScheduled(failure, retry.wait, retry.attempt, end.duration))
            return
        if self._failure is None:
            self._failure, self._error = failure, end.error
        self._emit(end, StepFailed(failure, end.duration))

    def _skipped(self, skip: Skip) -> None:
        names = ", ".join(skip.upstream)
        reason = f"Upstream failed: {names}." if skip.upstream_failed else f"No output came from: {names}."
        event = Event(
            self._frame.spec.run_id, time.time(), skip.key, 0, StepSkipped(reason, skip.upstream_failed, skip.upstream)
        )
        self._frame.emit(event)

    def _emit(self, end: StepEnd, detail: Detail) -> None:
        self._frame.emit(Event(self._frame.spec.run_id, end.time, end.key, end.attempt, detail))


def _smaller(one: int | None, other: int | None) -> int | None:
    limits = [limit for limit in (one, other) if limit is not None]
    return min(limits) if limits else None
