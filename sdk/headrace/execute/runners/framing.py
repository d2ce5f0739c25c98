"""Python objects over a byte stream between processes of one run: a length, then a pickle."""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Iterator
from typing import Any

_LENGTH = struct.Struct("!I")
_CHUNK = 1 << 18


def encode(value: Any) -> bytes:
    """One frame."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


class Decoder:
    """Puts frames together from whatever pieces arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """The values that `data` completes."""
        self._buffer += data
        start = 0
        try:
            while len(self._buffer) - start >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(self._buffer, start)
                end = start + _LENGTH.size + length
                if len(self._buffer) < end:
                    break
                body = bytes(self._buffer[start + _LENGTH.size : end])
                start = end
                yield pickle.loads(body)
        finally:
            del self._buffer[:start]


def read_available(fd: int) -> bytes | None:
    """What a non-blocking descriptor holds now: None when nothing yet, empty at its end."""
    try:
        return os.read(fd, _CHUNK)
    except BlockingIOError:
        return None
