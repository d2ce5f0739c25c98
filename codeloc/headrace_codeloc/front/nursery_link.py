"""The front's end of its socket to the nursery."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from headrace_codeloc.nursery import MAX_MESSAGE, ForkedNursery
from headrace_codeloc.options import LocationOptions

logger = logging.getLogger(__name__)

FORK_SECONDS = 10.0
# Not `-m`: it puts the current directory first, where files of the user may stand in for the standard library's.
_PROGRAM = "import sys; del sys.path[0]; from headrace_codeloc.nursery import main; main()"


@dataclass(frozen=True, slots=True)
class Hatchling:
    """A process that the nursery has just forked: its socket, its exit code to come, and where to read its stack dumps."""

    pid: int
    exit_code: asyncio.Future[int]
    connection: socket.socket
    dumps: int


class NurseryLink:
    """Asks the nursery for processes and hears of their ends.

    Args:
        nursery: The nursery.
        on_exit: Called with process id and exit code of everything that the nursery has reaped.
    """

    def __init__(self, nursery: ForkedNursery, on_exit: Callable[[int, int], None]) -> None:
        self._on_exit = on_exit
        self._ids = itertools.count(1)
        self._forks: dict[int, asyncio.Future[tuple[int, asyncio.Future[int]]]] = {}
        self._exit_codes: dict[int, asyncio.Future[int]] = {}
        self._adopt(nursery)

    async def fork(self, role: str, options: LocationOptions) -> Hatchling:
        """Has a host or a member of the pool forked.

        Raises:
            OSError: the nursery died over it; it is started anew, so that another try may succeed.
        """
        ours, theirs = socket.socketpair()
        dumps, dumps_of_child = os.pipe()
        os.set_blocking(dumps, False)
        fork_id = next(self._ids)
        loop = asyncio.get_running_loop()
        forked = self._forks[fork_id] = loop.create_future()
        order = {"fork": fork_id, "role": role, "options": options.to_json()}
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], [theirs.fileno(), dumps_of_child])
            pid, exit_code = await asyncio.wait_for(forked, FORK_SECONDS)
        except (OSError, asyncio.TimeoutError):
            ours.close()
            os.close(dumps)
            raise
        finally:
            self._forks.pop(fork_id, None)
            theirs.close()
            os.close(dumps_of_child)
        return Hatchling(pid, exit_code, ours, dumps)

    def close(self) -> None:
        """Ends the nursery, and with it every host; workers go on."""
        asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()

    def _adopt(self, nursery: ForkedNursery) -> None:
        self._pid, self._control = nursery.pid, nursery.control
        self._control.setblocking(False)
        asyncio.get_running_loop().add_reader(self._control, self._read)

    def _read(self) -> None:
        try:
            data = self._control.recv(MAX_MESSAGE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._replace()
            return
        message: dict[str, Any] = json.loads(data)
        if "exited" in message:
            self._exited(message["exited"], message["code"])
        elif (forked := self._forks.get(message["forked"])) is not None and not forked.done():
            # Made here, for the very next message may be that it has ended.
            exit_code = self._exit_codes[message["pid"]] = asyncio.get_running_loop().create_future()
            forked.set_result((message["pid"], exit_code))

    def _exited(self, pid: int, code: int) -> None:
        exit_code = self._exit_codes.pop(pid, None)
        if exit_code is not None:
            exit_code.set_result(code)
        self._on_exit(pid, code)

    def _replace(self) -> None:
        """The nursery died, and its hosts with it: a fresh interpreter takes its place, for this process has threads."""
        self.close()
        os.waitpid(self._pid, 0)
        self._exit_codes.clear()
        logger.error("the nursery has died; another is being started", extra={"pid": self._pid})
        for forked in self._forks.values():
            if not forked.done():
                forked.set_exception(OSError("the process that forks hosts has died"))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-c", _PROGRAM, str(theirs.fileno())]
        theirs.set_inheritable(True)
        pid = os.posix_spawn(sys.executable, command, os.environ)
        theirs.close()
        self._adopt(ForkedNursery(ours, pid))
