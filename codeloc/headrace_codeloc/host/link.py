"""The host's end of its socket to the front."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

from headrace_codeloc.messages import Decoder, Message, encode

_CHUNK = 1 << 18


class Link:
    """Sends and receives messages; waits where it must, for the front never stops reading."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._decoder = Decoder()

    def fileno(self) -> int:
        """The socket."""
        return self._connection.fileno()

    def send(self, kind: str, body: bytes = b"", **fields: Any) -> None:
        """Sends one message.

        Raises:
            OSError: the front is gone.
        """
        self._connection.sendall(encode(Message(kind, fields, body)))

    def receive(self) -> Sequence[Message] | None:
        """Returns the messages that have arrived, after waiting for the first bytes; None when the front hung up."""
        try:
            data = self._connection.recv(_CHUNK)
        except ConnectionResetError:
            return None
        return list(self._decoder.feed(data)) if data else None

    def close(self) -> None:
        """Closes the socket."""
        self._connection.close()
