"""A child that evaluates: one order after the other, for as long as they follow closely."""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import tempfile
from collections.abc import Iterator, Sequence

from headrace.processes.groups import signal_group
from headrace.processes.name import name_process
from headrace.processes.parent_death import ParentDeath
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.methods import evaluate
from headrace_codeloc.host.children import fork_child
from headrace_codeloc.messages import Decoder, Message, encode

_CHUNK = 1 << 16


class Evaluator:
    """The host's side of one such child.

    Attributes:
        pid: Its process.
        served: How many orders it was given.
        dumped: Whether it was asked where it is.
        ended: Whether there will be no answers any more.
    """

    def __init__(self, location: LoadedLocation, closing: Sequence[int], dies_with_host: ParentDeath) -> None:
        self._connection, other = socket.socketpair()
        self._dump = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the rest
        self._decoder = Decoder()
        self.served = 0
        self.dumped = False
        self.ended = False
        dump = self._dump.fileno()

        def live() -> int:
            return _serve(other, dump, location)

        with other:
            self.pid = fork_child(live, closing=[*closing, self._connection.fileno()], dies_with_host=dies_with_host)
        self._connection.setblocking(False)

    def fileno(self) -> int:
        """Its socket; -1 when it is closed."""
        return self._connection.fileno()

    def descriptors(self) -> Sequence[int]:
        """What other children have no use for."""
        return [each for each in (self.fileno(), self._dump.fileno()) if each >= 0]

    def give(self, method: str, body: bytes) -> None:
        """Hands over an order.

        Raises:
            OSError: it has ended.
        """
        self.served += 1
        self._connection.setblocking(True)
        try:
            self._connection.sendall(encode(Message(method, {}, body)))
        finally:
            self._connection.setblocking(False)

    def answers(self) -> Iterator[Message]:
        """Yields the answers that have come."""
        while self.fileno() >= 0 and not self.ended:
            try:
                data = self._connection.recv(_CHUNK)
            except BlockingIOError:
                return
            except ConnectionError:
                data = b""
            self.ended = not data
            yield from self._decoder.feed(data)

    def ask_where_it_is(self) -> None:
        """Has it write its stack, for `stack` to read."""
        self.dumped = True
        os.kill(self.pid, signal.SIGUSR2)

    def stack(self) -> str:
        """Returns what it has written."""
        self._dump.seek(0)
        return self._dump.read(_CHUNK).decode(errors="replace")

    def dismiss(self) -> None:
        """Gives it no more orders: it ends by itself once it has answered."""
        self._connection.close()

    def kill(self) -> None:
        """Ends it and what it has started."""
        signal_group(self.pid, signal.SIGKILL)

    def forget(self) -> None:
        """Lets go of it when it has ended; what it started, and did not wait for, ends as well."""
        self.dismiss()
        self._dump.close()
        self.kill()


def _serve(connection: socket.socket, dump: int, location: LoadedLocation) -> int:
    """In the child: evaluate until the host gives no more orders."""
    name_process("eval")
    os.setpgid(0, 0)
    faulthandler.register(signal.SIGUSR2, dump, all_threads=False)
    decoder = Decoder()
    while data := connection.recv(_CHUNK):
        for order in decoder.feed(data):
            connection.sendall(encode(evaluate(order.kind, order.body, location)))
    return 0
