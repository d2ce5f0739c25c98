"""Step processes as fresh interpreters, for code that cannot be forked.

Each starts in as long as the user's modules take to import. What it needs travels as a pickle in its standard input.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from headrace.errors import UnmetExecutorRequirementsError
from headrace.execute.capture import Capture
from headrace.execute.runner import OpenSteps
from headrace.execute.runners.process_steps import ProcessExit, ProcessSteps
from headrace.execute.scheduling.delegate import Launch
from headrace.execute.spec import RunSpec
from headrace.processes.groups import signal_group

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.runner import RunFrame, StepRunner

ResolveJob = Callable[[RunSpec], "JobDefinition"]
# Not `-m`: it puts the current directory first, where a `numbers.py` of the user would stand in for the standard library's.
_PROGRAM = "import sys; del sys.path[0]; from headrace.execute.runners.spawned import main; main()"


@dataclass(frozen=True, slots=True)
class SpawnOrder:
    """What a fresh interpreter needs to run one attempt."""

    resolve_job: ResolveJob
    spec: RunSpec
    capture: Capture
    launch: Launch
    report_to: int
    parent: int


def spawned_steps(resolve_job: ResolveJob) -> OpenSteps:
    """Runs the steps of a run in fresh interpreters; hand the result to `execute_run` as `steps`.

    Args:
        resolve_job: Finds the job of a run, importing the user's code. It travels as a pickle: a function of an importable
            module, or a `functools.partial` of one.
    """

    def open_steps(frame: RunFrame) -> StepRunner:
        return ProcessSteps(frame, SpawnSource(frame, resolve_job))

    return open_steps


class SpawnSource:
    """Starts an interpreter for each attempt, and a thread that waits for its end."""

    def __init__(self, frame: RunFrame, resolve_job: ResolveJob) -> None:
        self._frame = frame
        self._resolve_job = resolve_job
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._exits: deque[ProcessExit] = deque()
        self._wake_reader, self._wake_writer = os.pipe()
        self._waiters: list[threading.Thread] = []

    def fileno(self) -> int:
        """Readable when a process has ended."""
        return self._wake_reader

    def start(self, launch: Launch, report_to: int) -> None:
        """Start an interpreter for an attempt."""
        order = SpawnOrder(self._resolve_job, self._frame.spec, self._frame.capture, launch, report_to, os.getpid())
        with _message(order) as message:
            process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM],
                stdin=message,
                pass_fds=(report_to,),
                start_new_session=True,
            )
        self._processes[launch.key] = process
        waiter = threading.Thread(target=self._wait_for, args=(launch, process), daemon=True)
        self._waiters.append(waiter)
        waiter.start()

    def exits(self) -> Sequence[ProcessExit]:
        """The processes that ended since the last call."""
        count = len(os.read(self._wake_reader, 4096))
        return [self._exits.popleft() for _ in range(count)]

    def kill(self, key: str, signal_number: int) -> None:
        """Signal the process group of a step."""
        process = self._processes.get(key)
        if process is None or process.returncode is not None:
            return
        signal_group(process.pid, signal_number)

    def close(self) -> None:
        """Kill what is left, and wait for it."""
        for key in self._processes:
            self.kill(key, signal.SIGKILL)
        for waiter in self._waiters:
            waiter.join()
        for fd in (self._wake_reader, self._wake_writer):
            os.close(fd)

    def _wait_for(self, launch: Launch, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        self._exits.append(ProcessExit(launch.key, launch.attempt, code))
        os.write(self._wake_writer, b"!")


def _message(order: SpawnOrder) -> IO[bytes]:
    """A file with the module search path, which the pickle needs, on its first line, then the pickle."""
    try:
        body = pickle.dumps(order, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise UnmetExecutorRequirementsError(
            f"The job cannot be found again from a fresh interpreter: {error}. Define it in a module that can be imported, "
            "or use in_process_executor."
        ) from error
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    file.write(json.dumps(sys.path).encode() + b"\n" + body)
    file.seek(0)
    return file
