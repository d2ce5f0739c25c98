"""A stream of serialized messages from one side of a call to the other, bounded by their size."""

from __future__ import annotations

import asyncio
from collections import deque

# About what HTTP/2's flow control lets a writer run ahead of a reader.
_LIMIT_BYTES = 256 * 1024
_COST_PER_MESSAGE = 1024


class Pipe:
    """One writer, one reader; a writer that is too far ahead waits."""

    __slots__ = ("_closed", "_messages", "_readable", "_size", "_writable")

    def __init__(self) -> None:
        self._messages: deque[bytes] = deque()
        self._size = 0
        self._closed = False
        self._readable: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None

    @property
    def closed(self) -> bool:
        return self._closed

    async def put(self, message: bytes) -> bool:
        """Hands over a message; tells whether the pipe was still open."""
        while self._size >= _LIMIT_BYTES and not self._closed:
            self._writable = asyncio.get_running_loop().create_future()
            await self._writable
        return self.put_nowait(message)

    def put_nowait(self, message: bytes) -> bool:
        """Hands over a message whatever is in the pipe; tells whether the pipe was still open."""
        if self._closed:
            return False
        self._messages.append(message)
        self._size += len(message) + _COST_PER_MESSAGE
        _wake(self._readable)
        return True

    async def get(self) -> bytes | None:
        """Returns the next message; None when the pipe is closed and empty."""
        while not self._messages:
            if self._closed:
                return None
            self._readable = asyncio.get_running_loop().create_future()
            await self._readable
        message = self._messages.popleft()
        self._size -= len(message) + _COST_PER_MESSAGE
        _wake(self._writable)
        return message

    def close(self) -> None:
        """Lets the reader finish what is there and refuses more."""
        self._closed = True
        _wake(self._readable)
        _wake(self._writable)

    def discard(self) -> None:
        """Closes, and drops what the reader has not taken."""
        self._messages.clear()
        self._size = 0
        self.close()


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
