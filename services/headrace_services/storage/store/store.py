"""The store: one database, its writer, its readers, and those who wait for changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, literal, select

from headrace.clock import Clock
from headrace.errors import SerializationFailureError, ServiceError, StorageDownError
from headrace.ids import Ids
from headrace.rpc.retry import RetryPolicy
from headrace_services.storage.store import deployment
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.hints import Hints
from headrace_services.storage.store.reader import Reader
from headrace_services.storage.store.settling import Settling
from headrace_services.storage.store.shared_reads import SharedReads
from headrace_services.storage.store.signals import Signals
from headrace_services.storage.store.transaction import Intent
from headrace_services.storage.store.writer import CommitObserver, Writer

logger = logging.getLogger(__name__)

T = TypeVar("T")

_QUESTION = select(literal(1))

_REOPEN = RetryPolicy(first_seconds=0.2, longest_seconds=2.0)


class Store:
    """What operations act on; nothing of it may be used before `start`.

    Attributes:
        database: The database.
        generation: Tells this database from every other one that its cursors could be shown to.
        process_id: Tells this process from every other one that its hints could be shown to.
        signals: Those who wait for changes.
        shared_reads: What those who were woken together read together.
    """

    database: Database
    generation: str
    writer: Writer
    reader: Reader
    settling: Settling

    def __init__(
        self,
        open_database: Callable[[], Database],
        clock: Clock,
        ids: Ids,
        observer: CommitObserver,
        *,
        patience_seconds: float = 0.0,
    ) -> None:
        """Makes a store that is not open yet.

        Args:
            open_database: Opens the database; called in a thread.
            clock: For waiting.
            ids: For tokens and ids.
            observer: Is told of every commit.
            patience_seconds: For how long a database that does not answer is waited for at the start.
        """
        self._patience_seconds = patience_seconds
        self.clock = clock
        self.ids = ids
        self.process_id = ids.uuid7()
        self.signals = Signals()
        self.shared_reads = SharedReads()
        self._open_database = open_database
        self._observer = observer

    async def start(self) -> None:
        """Opens the database and starts the threads.

        Raises:
            StorageDownError: the database does not answer.
        """
        self.database = await self._open()
        self.generation = await asyncio.to_thread(deployment.generation, self.database)
        self.reader = Reader(self.database)
        self.settling = Settling(self.database, self.reader, self.clock, self.signals.publish_feed)
        self.writer = Writer(self.database, self.signals.publish, self._observer)
        self.writer.start()
        loop = asyncio.get_running_loop()
        self._listener = self.database.listener(lambda hints: _soon(loop, self.signals.publish, hints))
        await asyncio.to_thread(self._listener.start)

    async def _open(self) -> Database:
        give_up_at, failures = self.clock.monotonic() + self._patience_seconds, 0
        while True:
            try:
                return await asyncio.to_thread(self._open_database)
            except (StorageDownError, SerializationFailureError) as error:
                if self.clock.monotonic() >= give_up_at:
                    raise
                failures += 1
                logger.warning("the database does not answer yet", extra={"error": str(error), "failures": failures})
                await self.clock.sleep(_REOPEN.delay(failures))

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

    async def answers(self) -> bool:
        """Tells whether the database does."""
        try:
            await self.read(lambda connection: connection.execute(_QUESTION))
        except ServiceError:
            return False
        return True

    def _stop(self) -> None:
        self.writer.stop()
        # Nobody waits any more for what the database has not answered by now.
        self.database.break_off()
        self._listener.stop()
        self.reader.stop()
        self.database.close()


def _soon(loop: asyncio.AbstractEventLoop, publish: Callable[[Hints], None], hints: Hints) -> None:
    try:
        loop.call_soon_threadsafe(publish, hints)
    except RuntimeError:
        # The event loop has been closed: nobody watches any more.
        return
