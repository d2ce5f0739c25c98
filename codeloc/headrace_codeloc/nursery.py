"""The nursery: a process that has imported Headrace and gRPC but no user code, and forks hosts.

The front cannot fork once its event loop runs, and a host must start before that: so the front forks the nursery first.
Every host then begins with the same imports for free, shares their memory, and a reload costs the user's imports alone.
The nursery has one thread, opens no channel, and never sees user code.

It speaks JSON over a socket that keeps message boundaries:

    front → nursery   {"fork": id, "role": "host" | "member", "options": {…}}, with two descriptors: the host's socket,
                      and where to dump its stack on SIGUSR2
    nursery → front   {"forked": id, "pid": pid}
                      {"exited": pid, "code": code}, negative for a signal

It adopts what hosts leave behind: the end of a worker is known even if the host that forked it has died.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from typing import Any, NoReturn

from headrace.processes.child_ends import ChildEnds
from headrace.processes.name import name_process
from headrace.processes.parent_death import ParentDeath
from headrace_codeloc.host.main import run_host
from headrace_codeloc.kernel import adopt_orphans
from headrace_codeloc.options import LocationOptions
from headrace_codeloc.warm import warm_up

MAX_MESSAGE = 1 << 16


@dataclass(frozen=True, slots=True)
class ForkedNursery:
    """The nursery as its parent sees it."""

    control: socket.socket
    pid: int


def fork_nursery() -> ForkedNursery:
    """Forks the nursery off this process, which must have no other thread."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        ours.close()
        serve(theirs)
    theirs.close()
    return ForkedNursery(ours, pid)


def serve(control: socket.socket) -> NoReturn:
    """Is the nursery until the front hangs up; never returns to the caller's stack."""
    code = 1
    try:
        _Nursery(control).run()
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


class _Nursery:
    def __init__(self, control: socket.socket) -> None:
        name_process("nurse")
        # Ctrl-C is for the front, which then hangs up here.
        os.setsid()
        adopt_orphans()
        self._control = control
        self._parent_death = ParentDeath()
        self._child_ends = ChildEnds()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._child_ends, selectors.EVENT_READ)

    def run(self) -> None:
        serving = True
        while serving:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    serving = self._obey()
                else:
                    self._child_ends.clear()
                    self._reap()

    def _obey(self) -> bool:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, MAX_MESSAGE, 2)
        except ConnectionResetError:
            return False  # the front hung up before it had read all that we told it
        if not data:
            return False
        order = json.loads(data)
        link, dumps = descriptors
        pid = os.fork()
        if pid == 0:
            self._leave()
            run_host(link, dumps, order["role"], LocationOptions.from_json(order["options"]))
        os.close(link)
        os.close(dumps)
        self._say({"forked": order["fork"], "pid": pid})
        return True

    def _leave(self) -> None:
        """In the child: let go of everything that is the nursery's."""
        self._child_ends.leave()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        self._parent_death.arm()
        self._selector.close()
        self._control.close()
        # A session of its own, so that all that a host starts can be ended with it.
        os.setsid()

    def _reap(self) -> None:
        while True:
            try:
                pid, wait_state = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._say({"exited": pid, "code": os.waitstatus_to_exitcode(wait_state)})

    def _say(self, message: dict[str, Any]) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # the front is gone; the next read says so


def main() -> NoReturn:
    """Is the nursery of a front that has lost its own, and could not fork another; its socket is the first argument."""
    warm_up()
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
