"""Running every step attempt in a process of its own, wherever those processes come from."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from headrace.execute.events.event import Event, FailureInfo
from headrace.execute.runner import RunFrame, StepEnd
from headrace.execute.runners.framing import Decoder, read_available

if TYPE_CHECKING:
    from headrace.execute.scheduling.delegate import Launch

INTERRUPT_GRACE = 10.0
"""Seconds that user code has to clean up between SIGTERM and SIGKILL."""

_EXITS = "exits"
_INTERRUPT = "interrupt"


@dataclass(frozen=True, slots=True)
class ProcessExit:
    """The process of an attempt is gone; `code` is negative for a signal."""

    key: str
    attempt: int
    code: int


class ProcessSource(Protocol):
    """Makes and ends step processes."""

    def fileno(self) -> int:
        """A descriptor that is readable when `exits` has something to tell."""

    def start(self, launch: Launch, report_to: int) -> None:
        """Start a process that writes its events and its end to the descriptor `report_to`."""

    def exits(self) -> Sequence[ProcessExit]:
        """The processes that ended since the last call."""

    def kill(self, key: str, signal_number: int) -> None:
        """Signal the process of a step and all that it started; nothing when it is gone."""

    def close(self) -> None:
        """Kill what is left."""


@dataclass(slots=True)
class _Attempt:
    launch: Launch
    reports: int
    started: float
    decoder: Decoder = field(default_factory=Decoder)
    ended: bool = False


class ProcessSteps:
    """A step runner over processes: relays their events and turns their exits into ends.

    An attempt counts as ended when its report says so, before its process is reaped. A process that goes without a report
    has crashed, and its step failed.
    """

    capacity: int | None = None

    def __init__(self, frame: RunFrame, source: ProcessSource, *, grace: float | None = None) -> None:
        self._emit = frame.emit
        self._source = source
        self._grace = INTERRUPT_GRACE if grace is None else grace
        self._attempts: dict[str, _Attempt] = {}
        self._kill_at: float | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(source.fileno(), selectors.EVENT_READ, _EXITS)
        self._selector.register(frame.interrupts, selectors.EVENT_READ, _INTERRUPT)
        self._interrupts = frame.interrupts
        self._stopping = False

    def start(self, launch: Launch) -> None:
        """Begin an attempt."""
        previous = self._attempts.pop(launch.key, None)
        if previous is not None:
            self._forget(previous)
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        try:
            self._source.start(launch, writer)
        finally:
            os.close(writer)
        attempt = _Attempt(launch, reader, time.time())
        self._attempts[launch.key] = attempt
        self._selector.register(reader, selectors.EVENT_READ, attempt)

    def wait(self, timeout: float | None) -> Sequence[StepEnd]:
        """Wait until an attempt ends or a stop is requested, at most `timeout` seconds; relays events meanwhile."""
        limits = [
            limit for limit in (timeout, None if self._stopping else self._interrupts.poll_seconds) if limit is not None
        ]
        deadline = time.monotonic() + min(limits) if limits else None
        while True:
            ends, interrupted = self._receive(self._wait_seconds(deadline))
            if ends or interrupted or (deadline is not None and time.monotonic() >= deadline):
                return ends

    def stop(self) -> None:
        """Send SIGTERM to what is in flight, and SIGKILL once the grace is over."""
        self._stopping = True
        self._selector.unregister(self._interrupts)
        self._signal_all(signal.SIGTERM)
        self._kill_at = time.monotonic() + self._grace

    def close(self) -> None:
        """End every process and release the descriptors."""
        self._source.close()
        for attempt in self._attempts.values():
            self._forget(attempt)
        self._attempts.clear()
        self._selector.close()

    def _wait_seconds(self, deadline: float | None) -> float | None:
        moments = [moment for moment in (deadline, self._kill_at) if moment is not None]
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _receive(self, timeout: float | None) -> tuple[list[StepEnd], bool]:
        ends: list[StepEnd] = []
        ready = [key.data for key, _ in self._selector.select(timeout)]
        for attempt in ready:
            if isinstance(attempt, _Attempt):
                ends += self._drain(attempt)
        # Exits come after reports: what a process wrote before it went counts.
        for gone in self._source.exits() if _EXITS in ready else ():
            ends += self._gone(gone)
        if self._kill_at is not None and time.monotonic() >= self._kill_at:
            self._kill_at = None
            self._signal_all(signal.SIGKILL)
        return ends, _INTERRUPT in ready

    def _drain(self, attempt: _Attempt) -> list[StepEnd]:
        ends: list[StepEnd] = []
        while data := read_available(attempt.reports):
            for value in attempt.decoder.feed(data):
                if isinstance(value, Event):
                    self._emit(value)
                else:
                    attempt.ended = True
                    ends.append(value)
        if data == b"":
            self._selector.unregister(attempt.reports)
            os.close(attempt.reports)
            attempt.reports = -1
        return ends

    def _gone(self, gone: ProcessExit) -> list[StepEnd]:
        attempt = self._attempts.get(gone.key)
        if attempt is None or attempt.launch.attempt != gone.attempt:
            return []
        ends = self._drain(attempt) if attempt.reports >= 0 else []
        if not attempt.ended:
            attempt.ended = True
            ends.append(self._crashed(attempt, gone.code))
        self._forget(self._attempts.pop(gone.key))
        return ends

    def _crashed(self, attempt: _Attempt, code: int) -> StepEnd:
        now = time.time()
        failure = FailureInfo("StepProcessCrashed", describe_exit(code))
        launch = attempt.launch
        return StepEnd(
            launch.key, launch.attempt, now, now - attempt.started, failure=failure, interrupted=self._stopping
        )

    def _signal_all(self, number: int) -> None:
        for key, attempt in self._attempts.items():
            if not attempt.ended:
                self._source.kill(key, number)

    def _forget(self, attempt: _Attempt) -> None:
        if attempt.reports >= 0:
            self._selector.unregister(attempt.reports)
            os.close(attempt.reports)
            attempt.reports = -1


def describe_exit(code: int) -> str:
    """What a process's exit code says, for people."""
    if code >= 0:
        return f"The process of the step exited with code {code} before it reported a result."
    name = signal.Signals(-code).name
    hint = " The machine may have been out of memory." if -code == signal.SIGKILL else ""
    return f"The process of the step was killed by {name}.{hint}"
