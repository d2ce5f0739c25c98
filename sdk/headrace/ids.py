"""Ids: UUIDs of version 7, which sort by the moment they were made, and tokens that cannot be guessed."""

from __future__ import annotations

import os
import secrets
import threading
import time
from typing import Protocol

_RANDOM_BITS = 62
_COUNTER_BITS = 12
_COUNTER_LIMIT = 1 << _COUNTER_BITS


class Ids(Protocol):
    """Where services take ids from."""

    def uuid7(self) -> str:
        """Returns a new UUID of version 7, greater than every one this source made before."""
        ...

    def token(self) -> str:
        """Returns a secret that cannot be guessed, safe in URLs and headers."""
        ...


class RandomIds:
    """Ids from the operating system's randomness.

    The random part never comes from a generator with state: a forked child continues its parent's state and would
    hand out the parent's next ids.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millisecond = 0
        self._counter = 0

    def uuid7(self) -> str:
        """Returns a new UUID of version 7, greater than every one this source made before."""
        millisecond, counter = self._next()
        tail = int.from_bytes(os.urandom(8), "big") >> 2
        return _format((millisecond << 80) | (0x7 << 76) | (counter << 64) | (0b10 << _RANDOM_BITS) | tail)

    def token(self) -> str:
        """Returns a secret that cannot be guessed, safe in URLs and headers."""
        return secrets.token_urlsafe(32)

    def _next(self) -> tuple[int, int]:
        with self._lock:
            now = time.time_ns() // 1_000_000
            if now > self._millisecond:
                # Half of the counter's range is left free to count in, the rest starts at random.
                self._millisecond, self._counter = now, int.from_bytes(os.urandom(2), "big") % (_COUNTER_LIMIT // 2)
            elif self._counter + 1 < _COUNTER_LIMIT:
                self._counter += 1
            else:
                # The millisecond is used up (or the clock went back): borrow from the future rather than wait.
                self._millisecond, self._counter = self._millisecond + 1, 0
            return self._millisecond, self._counter


def _format(value: int) -> str:
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
