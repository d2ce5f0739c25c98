"""Which changes of a run's state are legal, and which one an incident calls for. The only place that knows.

Pure: no I/O, no clock, no protobuf. The numbers of the states are those of the contract.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, IntEnum

from headrace.errors import InvalidArgumentError


class RunState(IntEnum):
    """Where a run stands."""

    QUEUED = 1
    STARTING = 2
    RUNNING = 3
    CANCELING = 4
    SUCCEEDED = 5
    FAILED = 6
    CANCELED = 7


class Cause(Enum):
    """Who changes a run's state."""

    ADMISSION = "admission"
    CLAIM = "claim"
    FINISH = "finish"
    MONITOR = "monitor"
    CANCEL = "cancel"


class OverdueReason(IntEnum):
    """Why a run needs looking at."""

    START = 1
    LEASE = 2
    CANCEL = 3
    RUNTIME = 4


# Why the monitor gives a run up, or has it started again.
START_FAILED, WORKER_LOST, RUNTIME_EXCEEDED = "START_FAILED", "WORKER_LOST", "RUNTIME_EXCEEDED"
OVER = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELED})

_S, _C = RunState, Cause
LEGAL: dict[tuple[RunState, RunState], Cause] = {
    (_S.QUEUED, _S.STARTING): _C.ADMISSION,
    (_S.QUEUED, _S.CANCELED): _C.CANCEL,
    (_S.STARTING, _S.RUNNING): _C.CLAIM,
    (_S.STARTING, _S.QUEUED): _C.MONITOR,
    (_S.STARTING, _S.FAILED): _C.MONITOR,
    (_S.STARTING, _S.CANCELING): _C.CANCEL,
    (_S.RUNNING, _S.SUCCEEDED): _C.FINISH,
    (_S.RUNNING, _S.FAILED): _C.FINISH,
    (_S.RUNNING, _S.QUEUED): _C.MONITOR,
    (_S.RUNNING, _S.CANCELING): _C.CANCEL,
    (_S.CANCELING, _S.SUCCEEDED): _C.FINISH,
    (_S.CANCELING, _S.FAILED): _C.FINISH,
    (_S.CANCELING, _S.CANCELED): _C.FINISH,
}
# The monitor speaks for workers that cannot speak for themselves any more.
_MONITOR_ALSO = frozenset({(_S.RUNNING, _S.FAILED), (_S.CANCELING, _S.CANCELED)})


def is_legal(before: RunState, after: RunState, cause: Cause) -> bool:
    """Tells whether `cause` may take a run from one state to the other."""
    change = (before, after)
    return LEGAL.get(change) is cause or (cause is Cause.MONITOR and change in _MONITOR_ALSO)


def is_over(state: RunState) -> bool:
    """Tells whether no change can follow."""
    return state in OVER


def after_cancel(state: RunState) -> RunState | None:
    """Returns the state that a cancel leads to; None if there is nothing left to cancel."""
    if state is RunState.QUEUED:
        return RunState.CANCELED
    if state in (RunState.STARTING, RunState.RUNNING):
        return RunState.CANCELING
    return None


@dataclass(frozen=True, slots=True)
class Finish:
    """The end that a worker reports.

    Attributes:
        sources: The states it may come from, the likely one first.
        state: The state it leads to.
    """

    sources: tuple[RunState, ...]
    state: RunState


def after_finish(reported: int) -> Finish:
    """Returns the change that a worker's report asks for.

    Raises:
        InvalidArgumentError: the reported state is not one a worker may end a run with.
    """
    if reported not in OVER:
        ends = ", ".join(state.name for state in sorted(OVER))
        raise InvalidArgumentError(violations={"state": f"a run ends as one of {ends}"})
    state = RunState(reported)
    sources = (RunState.RUNNING, RunState.CANCELING)
    return Finish(tuple(source for source in sources if is_legal(source, state, Cause.FINISH)), state)


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a run may be started.

    Attributes:
        to_start: In all, while no worker has claimed it: its code has not run yet, so that repeating is harmless.
        to_run: In all, once a worker was lost.
    """

    to_start: int
    to_run: int

    @classmethod
    def of(cls, start_timeout: float, unclaimed: float, resumes: int, start_retries: int = 0) -> Attempts:
        """Returns what the timeouts and the configured numbers allow."""
        starts = max(1 + resumes, 1 + start_retries, math.ceil(start_timeout / unclaimed))
        return cls(to_start=starts, to_run=1 + resumes)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done about an overdue run.

    Attributes:
        state: The state it is given.
        failure: A word for programs; empty if it is no failure.
        message: Why, for people.
        kill: Whether what may still be alive of it is to be killed.
        require_lease_expired: Whether the database must confirm that its worker's lease is over.
    """

    state: RunState
    failure: str
    message: str
    kill: bool
    require_lease_expired: bool = False


def after_overdue(
    state: RunState, reason: OverdueReason, attempt: int, attempts: Attempts, worker: str, detail: str
) -> Verdict | None:
    """Returns what is to be done; None if nothing is, because the run has got on since it was found overdue.

    Args:
        state: Where the run stands.
        reason: Why it is overdue.
        attempt: How often it was started.
        attempts: How often it may be.
        worker: The process that holds it, for people. May be empty.
        detail: What is known of its worker's end. May be empty.
    """
    if state is RunState.STARTING and reason in (OverdueReason.START, OverdueReason.LEASE):
        return _not_started(attempt, attempts, detail)
    if state is RunState.RUNNING and reason is OverdueReason.LEASE:
        return _worker_lost(attempt, attempts, worker, detail)
    if state is RunState.RUNNING and reason is OverdueReason.RUNTIME:
        return Verdict(RunState.FAILED, RUNTIME_EXCEEDED, "it ran for longer than it may", kill=True)
    if state is RunState.CANCELING and reason is OverdueReason.LEASE:
        message = "canceled; its worker is gone" + _explained(detail)
        return Verdict(RunState.CANCELED, "", message, kill=True, require_lease_expired=True)
    if state is RunState.CANCELING and reason is OverdueReason.CANCEL:
        return Verdict(RunState.CANCELED, "", "canceled; its worker did not confirm it in time", kill=True)
    return None


def _not_started(attempt: int, attempts: Attempts, detail: str) -> Verdict:
    message = (f"start {attempt} did not lead to a worker" + _explained(detail)) if detail else _UNCLAIMED % attempt
    if attempt < attempts.to_start:
        return Verdict(RunState.QUEUED, START_FAILED, message, kill=False)
    return Verdict(RunState.FAILED, START_FAILED, message, kill=True)


_UNCLAIMED = "no worker claimed start %d in time: is a launcher running, and does the code location start workers?"


def _worker_lost(attempt: int, attempts: Attempts, worker: str, detail: str) -> Verdict:
    again = attempt < attempts.to_run
    message = f"its worker{f' {worker}' if worker else ''} was lost in attempt {attempt}" + _explained(detail)
    state = RunState.QUEUED if again else RunState.FAILED
    return Verdict(state, WORKER_LOST, message, kill=True, require_lease_expired=True)


def _explained(detail: str) -> str:
    return f": {detail}" if detail else ""
