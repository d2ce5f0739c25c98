"""Taking messages from a queue of the broker, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kombu import Connection, Consumer, Queue

_WAIT_SECONDS = 1.0
_MOST_AT_ONCE = 20


class Received:
    """A message that stays in the queue until it is acknowledged."""

    def __init__(self, message: Any, thread: ThreadPoolExecutor) -> None:
        self._message = message
        self._thread = thread

    @property
    def body(self) -> Any:
        """What it says."""
        return self._message.payload

    async def acknowledge(self) -> None:
        """Removes it from the queue."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._message.ack)


class EndsReceiver:
    """Receives until it is closed. A connection belongs to one thread."""

    def __init__(self, connect: Callable[[], Connection], queue: Queue) -> None:
        self._connect = connect
        self._queue = queue
        self._thread = ThreadPoolExecutor(1, "headrace-celery-ends")
        self._arrived: list[Any] = []
        self._connection: Connection | None = None
        self._consumer: Consumer | None = None

    async def messages(self) -> AsyncIterator[Received]:
        """Yields messages as they come."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._open)
        while True:
            for message in await loop.run_in_executor(self._thread, self._next):
                yield Received(message, self._thread)

    async def close(self) -> None:
        """Gives back what was not acknowledged."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        finally:
            self._thread.shutdown(wait=False)

    def _open(self) -> None:
        self._connection = self._connect()
        self._connection.ensure_connection(max_retries=1, timeout=5)
        self._consumer = Consumer(
            self._connection.channel(),
            queues=[self._queue],
            on_message=self._arrived.append,
            prefetch_count=_MOST_AT_ONCE,
        )
        self._consumer.consume()

    def _next(self) -> list[Any]:
        assert self._connection is not None
        if not self._arrived:
            try:
                self._connection.drain_events(timeout=_WAIT_SECONDS)
            except TimeoutError:
                pass  # nothing came
            self._connection.heartbeat_check()
        arrived, self._arrived[:] = list(self._arrived), []
        return arrived

    def _close(self) -> None:
        for close in (self._consumer and self._consumer.cancel, self._connection and self._connection.release):
            try:
                if close is not None:
                    close()
            except Exception:
                pass  # the broker is gone; what was not acknowledged goes back by itself
