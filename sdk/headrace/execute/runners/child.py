"""Inside the process of one step attempt."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from headrace.execute.interrupts import Interrupts
from headrace.execute.runner import RunFrame, StepEnd
from headrace.execute.runners.framing import encode
from headrace.execute.steps.attempt import run_attempt
from headrace.processes.name import name_process

if TYPE_CHECKING:
    from headrace.execute.events.event import Event
    from headrace.execute.scheduling.delegate import Launch


class _Reports:
    """Writes whole frames to the run process, from whichever thread user code speaks."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()

    def send(self, value: Event | StepEnd) -> None:
        rest = memoryview(encode(value))
        with self._lock:
            while rest:
                rest = rest[os.write(self._fd, rest) :]


def run_child(frame: RunFrame, launch: Launch, report_to: int) -> NoReturn:
    """Run one attempt, report to the descriptor `report_to`, and end the process."""
    name_process("step")
    code = 1
    # Whoever replaced the streams (a notebook, a test runner) did so in another process.
    sys.stdout, sys.stderr = sys.__stdout__ or sys.stdout, sys.__stderr__ or sys.stderr
    try:
        interrupts = Interrupts()
        with interrupts.installed():
            reports = _Reports(report_to)
            end = run_attempt(replace(frame, emit=reports.send, interrupts=interrupts), launch)
            _flush()
            # The exception itself stays here: it need not survive pickling.
            reports.send(replace(end, error=None))
        code = 0
    finally:
        _flush()
        # Without the interpreter's shutdown: nothing of the zygote's may run twice, and it would cost milliseconds.
        os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # user code closed it
