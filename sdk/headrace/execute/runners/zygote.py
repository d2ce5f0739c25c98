"""The step zygote: a process that holds the loaded job and forks one child for each step attempt.

The run process forks it before it opens any channel or starts a thread, so the zygote stays single-threaded and a fork of
it is safe. It knows the user's modules already; a step therefore starts in milliseconds. When the run process goes, the
zygote kills its children and goes too; when the zygote goes, the kernel kills its children.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from headrace.errors import UnmetExecutorRequirementsError
from headrace.execute.runner import RunFrame, StepRunner
from headrace.execute.runners.framing import Decoder, encode
from headrace.execute.runners.process_steps import ProcessExit, ProcessSteps
from headrace.execute.runners.zygote_process import Kill, OpenRun, StartStep, serve
from headrace.io.home import given_storage_directory

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.scheduling.delegate import Launch
    from headrace.execute.spec import RunSpec

ResolveJob = Callable[["RunSpec"], "JobDefinition"]
_CHUNK = 1 << 16


class Zygote:
    """The run process's end of its zygote.

    Use `fork` early, `open_steps` once the run is known, `close` at the end.
    """

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self._control = control
        self._decoder = Decoder()

    @classmethod
    def fork(cls, resolve_job: ResolveJob) -> Zygote:
        """Fork the zygote off this process, which must have no other thread.

        Args:
            resolve_job: Finds the job of a run in the modules that this process has loaded; called in the zygote.
        """
        ours, theirs = socket.socketpair()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        pid = os.fork()
        if pid == 0:
            ours.close()
            serve(theirs, resolve_job)
        theirs.close()
        return cls(pid, ours)

    def open_steps(self, frame: RunFrame) -> StepRunner:
        """Run the steps of `frame` in processes; hand this method to `execute_run` as `steps`."""
        self._send(OpenRun(frame.spec, frame.capture, given_storage_directory()))
        return ProcessSteps(frame, self)

    def fileno(self) -> int:
        """The control socket."""
        return self._control.fileno()

    def start(self, launch: Launch, report_to: int) -> None:
        """Have an attempt forked."""
        socket.send_fds(self._control, [encode(StartStep(launch))], [report_to])

    def exits(self) -> Sequence[ProcessExit]:
        """The children that ended since the last call."""
        try:
            data = self._control.recv(_CHUNK)
        except ConnectionResetError:
            data = b""
        if not data:
            raise UnmetExecutorRequirementsError("The process that forks the steps of this run has died.")
        return list(self._decoder.feed(data))

    def kill(self, key: str, signal_number: int) -> None:
        """Signal the child of a step and its process group."""
        self._send(Kill(key, signal_number))

    def close(self) -> None:
        """End the zygote and all its children."""
        if self._control.fileno() < 0:
            return
        self._control.close()
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            pass  # somebody who reaps all children was faster

    def _send(self, message: object) -> None:
        self._control.sendall(encode(message))
