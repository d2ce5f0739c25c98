"""What the processes of one location say to each other over their sockets.

A message is a kind, a few JSON fields and a body of bytes, as a rule a serialized protobuf message. The front reads what
the host writes, and the host runs user code: nothing here unpickles anything.

    4 bytes  length of the header, big-endian
    4 bytes  length of the body, big-endian
    header   JSON: [kind, {field: value, …}]
    body

front → host
    evaluate       id, method, seconds; body: the request of `method`
    abandon        id: nobody waits for the answer any more
    start_worker   id, order…; body: StartWorkerRequest

host → front
    part           body: DefinitionsPart
    loaded         digest, count, seconds, start_method, reason
    not_loaded     body: Failure
    answer         id, further fields; body: the response of the method
    refused        id, code, reason, message, metadata: the error to answer with
    exited         pid, code: a worker that this host had started has ended
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_LENGTHS = struct.Struct("!II")
MAX_BODY = 16 * 1024 * 1024
"""No honest message comes near it: parts have 1 MiB at most, answers 4 MiB."""


class BrokenStreamError(Exception):
    """The other side wrote what is no message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""


def encode(message: Message) -> bytes:
    """Returns the message as bytes."""
    header = json.dumps([message.kind, message.fields], separators=(",", ":")).encode()
    return _LENGTHS.pack(len(header), len(message.body)) + header + message.body


class Decoder:
    """Puts messages together from whatever pieces arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yields the messages that `data` completes.

        Raises:
            BrokenStreamError: the bytes are no messages.
        """
        self._buffer += data
        while len(self._buffer) >= _LENGTHS.size:
            header_size, body_size = _LENGTHS.unpack_from(self._buffer)
            if header_size > MAX_BODY or body_size > MAX_BODY:
                raise BrokenStreamError(f"a message of {header_size} and {body_size} bytes")
            start = _LENGTHS.size + header_size
            end = start + body_size
            if len(self._buffer) < end:
                return
            header, body = bytes(self._buffer[_LENGTHS.size : start]), bytes(self._buffer[start:end])
            del self._buffer[:end]
            yield _message(header, body)


def _message(header: bytes, body: bytes) -> Message:
    try:
        kind, fields = json.loads(header)
    except ValueError as error:
        raise BrokenStreamError("a header that is no JSON") from error
    return Message(kind, fields, body)
