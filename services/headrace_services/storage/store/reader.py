"""Reads, in threads of their own, each with a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection

from headrace.errors import RateLimitedError
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.failures import is_conflict, is_disconnect, translated

T = TypeVar("T")

_MOST_PENDING = 4096
_MOST_ATTEMPTS = 2


class Reader:
    """Runs the reads of this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._threads = ThreadPoolExecutor(database.readers, thread_name_prefix="storage reader")
        self._pending = 0

    def stop(self) -> None:
        """Ends the threads after what they read now."""
        self._threads.shutdown(cancel_futures=True)

    @property
    def pending(self) -> int:
        """How many reads wait or go on."""
        return self._pending

    async def run(self, read: Callable[[Connection], T]) -> T:
        """Returns what `read` gave for a connection.

        Raises:
            RateLimitedError: too many wait already.
            StorageDownError: the database does not answer.
        """
        if self._pending >= _MOST_PENDING:
            raise RateLimitedError("too many reads wait for the database", retry_after=0.1)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, read)
        finally:
            self._pending -= 1

    def _read(self, read: Callable[[Connection], T]) -> T:
        attempt = 1
        while True:
            try:
                with self._database.reading() as connection:
                    return read(connection)
            except Exception as error:
                if attempt == _MOST_ATTEMPTS or not (is_conflict(error) or is_disconnect(error)):
                    raise translated(error) from error
            attempt += 1
