"""The store: one database, its writer, its readers, and those who wait for changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from headrace.clock import Clock
from headrace.ids import Ids
from headrace_services.storage.store import deployment
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.hints import Hints
from headrace_services.storage.store.reader import Reader
from headrace_services.storage.store.settling import Settling
from headrace_services.storage.store.signals import Signals
from headrace_services.storage.store.transaction import Intent
from headrace_services.storage.store.writer import CommitObserver, Writer

T = TypeVar("T")


class Store:
    """What operations act on; nothing of it may be used before `start`.

    Attributes:
        database: The database.
        generation: Tells this database from every other one that its cursors could be shown to.
        process_id: Tells this process from every other one that its hints could be shown to.
        signals: Those who wait for changes.
    """

    database: Database
    generation: str
    writer: Writer
    reader: Reader
    settling: Settling

    def __init__(self, open_database: Callable[[], Database], clock: Clock, ids: Ids, observer: CommitObserver) -> None:
        self.clock = clock
        self.ids = ids
        self.process_id = ids.uuid7()
        self.signals = Signals()
        self._open_database = open_database
        self._observer = observer

    async def start(self) -> None:
        """Opens the database and starts the threads.

        Raises:
            StorageDownError: the database does not answer.
        """
        self.database = await asyncio.to_thread(self._open_database)
        self.generation = await asyncio.to_thread(deployment.generation, self.database)
        self.reader = Reader(self.database)
        self.settling = Settling(self.database, self.reader, self.clock, self.signals.publish_feed)
        self.writer = Writer(self.database, self.signals.publish, self._observer)
        self.writer.start()
        loop = asyncio.get_running_loop()
        self._listener = self.database.listener(lambda hints: _soon(loop, self.signals.publish, hints))
        self._listener.start()

    async def stop(self) -> None:
        """Commits what waits, ends the threads and closes the database."""
        await self.settling.stop()
        await asyncio.to_thread(self._stop)

    async def write(self, intent: Intent[T]) -> T:
        """Returns what an intent gave, after it was committed; see `Writer.submit`."""
        return await self.writer.submit(intent)

    async def read(self, read: Callable[[Connection], T]) -> T:
        """Returns what was read; see `Reader.run`."""
        return await self.reader.run(read)

    def _stop(self) -> None:
        self._listener.stop()
        self.writer.stop()
        self.reader.stop()
        self.database.close()


def _soon(loop: asyncio.AbstractEventLoop, publish: Callable[[Hints], None], hints: Hints) -> None:
    try:
        loop.call_soon_threadsafe(publish, hints)
    except RuntimeError:
        # The event loop has been closed: nobody watches any more.
        return
