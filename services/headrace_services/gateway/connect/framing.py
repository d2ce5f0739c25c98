"""The two ways a stream is written: enveloped, as the protocol has it, and as lines of JSON."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, Protocol

from google.protobuf.message import Message

from headrace.errors import InvalidArgumentError
from headrace_services.gateway.connect.codecs import Codec

_ENVELOPE = struct.Struct(">BI")
_COMPRESSED, _END = 0x01, 0x02


class Framing(Protocol):
    """How the messages of a stream follow each other in a body."""

    content_type: str

    def request(self, body: bytes) -> bytes:
        """Returns the one message of a request's body."""
        ...

    def message(self, message: Message) -> bytes:
        """Returns a message with what belongs around it."""
        ...

    def end(self, error: Mapping[str, Any] | None) -> bytes:
        """Returns what ends the stream."""
        ...


class EnvelopeFraming:
    """Each message after a byte of flags and four of length; an envelope with a flag of its own at the end."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.content_type = f"application/connect+{codec.name}"

    def request(self, body: bytes) -> bytes:
        if len(body) < _ENVELOPE.size:
            raise InvalidArgumentError("the body has no envelope: a byte of flags, four of length, then the message")
        flags, length = _ENVELOPE.unpack_from(body)
        if flags & _COMPRESSED:
            raise InvalidArgumentError("the message is compressed; it is taken as it is only")
        if length != len(body) - _ENVELOPE.size:
            raise InvalidArgumentError("the envelope's length is not that of the message: one message is expected")
        return body[_ENVELOPE.size :]

    def message(self, message: Message) -> bytes:
        data = self._codec.encode(message)
        return _ENVELOPE.pack(0, len(data)) + data

    def end(self, error: Mapping[str, Any] | None) -> bytes:
        data = json.dumps({"error": error} if error else {}).encode()
        return _ENVELOPE.pack(_END, len(data)) + data


class LineFraming:
    """Each message on a line; an error, if there is one, on the last."""

    content_type = "application/x-ndjson"

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def request(self, body: bytes) -> bytes:
        return body

    def message(self, message: Message) -> bytes:
        return self._codec.encode(message) + b"\n"

    def end(self, error: Mapping[str, Any] | None) -> bytes:
        return json.dumps({"error": error}, ensure_ascii=False).encode() + b"\n" if error else b""
