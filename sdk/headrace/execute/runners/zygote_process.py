"""Inside the zygote: wait for orders, fork, reap. Nothing is imported here after the first fork."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from headrace.execute.capture import Capture
from headrace.execute.frame import open_frame
from headrace.execute.runner import RunFrame
from headrace.execute.runners.child import run_child
from headrace.execute.runners.framing import Decoder, encode
from headrace.execute.runners.process_steps import ProcessExit
from headrace.execute.scheduling.delegate import Launch
from headrace.execute.spec import RunSpec
from headrace.io.home import use_storage_directory
from headrace.processes.child_ends import ChildEnds
from headrace.processes.groups import signal_group
from headrace.processes.name import name_process
from headrace.processes.parent_death import ParentDeath

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition

_CHUNK = 1 << 16
_MAX_DESCRIPTORS = 64


@dataclass(frozen=True, slots=True)
class OpenRun:
    """Get ready to fork steps of this run."""

    spec: RunSpec
    capture: Capture
    storage_directory: str = ""


@dataclass(frozen=True, slots=True)
class StartStep:
    """Fork a child for this attempt; the descriptor to report to travels along."""

    launch: Launch


@dataclass(frozen=True, slots=True)
class Kill:
    """Signal the process group of a step's child."""

    key: str
    signal_number: int


def serve(control: socket.socket, resolve_job: Callable[[RunSpec], JobDefinition]) -> NoReturn:
    """Be the zygote until the run process hangs up; never returns to the caller's stack."""
    name_process("zygote")
    code = 1
    try:
        _ZygoteProcess(control, resolve_job).run()
        code = 0
    except BrokenPipeError:
        pass  # the run process is gone: nobody is left to tell
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


class _ZygoteProcess:
    def __init__(self, control: socket.socket, resolve_job: Callable[[RunSpec], JobDefinition]) -> None:
        self._control = control
        self._resolve_job = resolve_job
        self._decoder = Decoder()
        self._descriptors: deque[int] = deque()
        self._children: dict[int, Launch] = {}
        self._frame: RunFrame | None = None
        self._parent_death = ParentDeath()
        self._child_ends = ChildEnds()
        # The run process decides about steps: a signal to the whole group must not take its zygote away. Not even SIGKILL:
        # somebody has to end the steps and what they have started.
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._child_ends, selectors.EVENT_READ)

    def run(self) -> None:
        """Serve orders until the control socket ends, then kill what is left."""
        serving = True
        while serving:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    serving = self._obey()
                else:
                    self._child_ends.clear()
                    self._reap()
        for pid in self._children:
            signal_group(pid, signal.SIGKILL)
        # Whoever waits for the zygote may rely on its children being gone.
        for pid in self._children:
            os.waitpid(pid, 0)

    def _obey(self) -> bool:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, _CHUNK, _MAX_DESCRIPTORS)
        except ConnectionResetError:
            return False  # the run process hung up before it had read all that we told it
        self._descriptors.extend(descriptors)
        for order in self._decoder.feed(data):
            if isinstance(order, StartStep):
                self._fork(order.launch, self._descriptors.popleft())
            elif isinstance(order, Kill):
                self._kill(order)
            else:
                self._open(order)
        return bool(data)

    def _open(self, order: OpenRun) -> None:
        use_storage_directory(order.storage_directory)
        job = self._resolve_job(order.spec)
        self._frame = open_frame(job, order.spec, emit=lambda _: None, capture=order.capture, isolated=True)
        # Children share these pages as long as their garbage collector does not write into them.
        gc.freeze()

    def _fork(self, launch: Launch, report_to: int) -> None:
        if self._frame is None:
            raise RuntimeError("a step was ordered before its run")
        pid = os.fork()
        if pid == 0:
            self._leave()
            run_child(self._frame, launch, report_to)
        os.close(report_to)
        self._children[pid] = launch

    def _leave(self) -> None:
        """In the child: let go of everything that is the zygote's."""
        self._child_ends.leave()
        self._parent_death.arm()
        self._selector.close()
        self._control.close()
        os.setpgid(0, 0)

    def _reap(self) -> None:
        while self._children:
            pid, wait_state = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            launch = self._children.pop(pid, None)
            if launch is not None:
                code = os.waitstatus_to_exitcode(wait_state)
                self._control.sendall(encode(ProcessExit(launch.key, launch.attempt, code)))

    def _kill(self, order: Kill) -> None:
        for pid, launch in self._children.items():
            if launch.key == order.key:
                signal_group(pid, order.signal_number)
