"""Group commit: intents that come while a commit is going on share the next one.

A thread takes everything that waits, runs each intent in a savepoint of its own inside one transaction, commits once and
answers all. An intent that comes alone goes at once.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from headrace.errors import DrainingError, RateLimitedError, StorageDownError
from headrace.rpc.retry import RetryPolicy
from headrace_services.kit import faults
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.failures import concerns_intent, is_conflict, is_disconnect, translated
from headrace_services.storage.store.hints import Hints
from headrace_services.storage.store.transaction import AnyIntent, Intent, Transaction

T = TypeVar("T")

_MOST_PENDING = 4096
_MOST_PENDING_BYTES = 64 * 1024 * 1024
_MOST_BATCH_BYTES = 4 * 1024 * 1024
# With the longest wait for a lock they stay within the deadline of a write.
_MOST_ATTEMPTS = 3
_BETWEEN_ATTEMPTS = RetryPolicy(first_seconds=0.01, longest_seconds=0.2)
_STOP_SECONDS = 1.0


class CommitObserver(Protocol):
    """Is told of every commit; metrics attach here."""

    def committed(self, intents: int, seconds: float) -> None:
        """A transaction was committed."""
        ...


@dataclass(slots=True)
class _Pending:
    intent: AnyIntent
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    hints: Hints = field(default_factory=Hints)


class Writer:
    """Runs the intents of this process."""

    def __init__(self, database: Database, publish: Callable[[Hints], None], observer: CommitObserver) -> None:
        self._database = database
        self._publish = publish
        self._observer = observer
        self._changed = threading.Condition()
        self._pending: deque[_Pending] = deque()
        self._pending_bytes = 0
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts the threads; their answers come on the running event loop."""
        self._loop = asyncio.get_running_loop()
        for number in range(self._database.writers):
            thread = threading.Thread(target=self._run, name=f"storage writer {number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Commits what waits, then ends the threads; blocks meanwhile."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)

    @property
    def pending(self) -> int:
        """How many intents wait."""
        return len(self._pending)

    async def submit(self, intent: Intent[T]) -> T:
        """Returns what the intent gave, after it was committed.

        Raises:
            RateLimitedError: too many wait already.
            StorageDownError: the database does not answer, or did not say whether it committed.
            SerializationFailureError: other writers were in the way again and again.
            Exception: what the intent raised; it has had no effect.
        """
        waiting = _Pending(intent, self._loop.create_future())
        with self._changed:
            if self._stopping:
                raise DrainingError("storage is stopping")
            if len(self._pending) >= _MOST_PENDING or self._pending_bytes > _MOST_PENDING_BYTES:
                raise RateLimitedError("too many writes wait for the database", retry_after=0.1)
            self._pending.append(waiting)
            self._pending_bytes += intent.size
            self._changed.notify()
        result: T = await waiting.future
        return result

    def _run(self) -> None:
        while batch := self._take():
            self._settle(batch)
            self._answer(batch)

    def _take(self) -> list[_Pending]:
        """Waits for intents and takes as many as may share a commit; none means that it is time to stop."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._pending or self._stopping)
                batch = self._drain()
                if batch or (self._stopping and not self._pending):
                    return batch

    def _drain(self) -> list[_Pending]:
        batch: list[_Pending] = []
        size = 0
        while self._pending and len(batch) < self._database.largest_batch and size <= _MOST_BATCH_BYTES:
            waiting = self._pending.popleft()
            self._pending_bytes -= waiting.intent.size
            # A cancelled one's caller has given up: nobody would learn what became of it.
            if not waiting.future.cancelled():
                size += waiting.intent.size
                batch.append(waiting)
        return batch

    def _settle(self, batch: Sequence[_Pending]) -> None:
        """Commits a batch, again and again while that makes sense; leaves a result or an error in each."""
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            for waiting in batch:
                waiting.result, waiting.error, waiting.hints = None, None, Hints()
            committing = _Committing()
            try:
                self._transact(batch, committing)
                return
            except Exception as error:
                # A connection lost while committing leaves open whether it was; callers repeat with the same request id.
                again = is_conflict(error) or (is_disconnect(error) and not committing.begun)
                if not again or attempt == _MOST_ATTEMPTS:
                    _fail(batch, error, unknown=committing.begun)
                    return
            self._pause(attempt)

    def _transact(self, batch: Sequence[_Pending], committing: _Committing) -> None:
        started = time.perf_counter()
        locks = set(chain.from_iterable(waiting.intent.locks for waiting in batch))
        alone = len(batch) == 1
        with self._database.writing(locks) as (connection, now):
            for waiting in batch:
                self._act(waiting, connection, now, nullcontext() if alone else connection.begin_nested())
            self._database.announce(connection, _hints(batch))
            for waiting in batch:
                faults.point(f"storage.before_commit.{waiting.intent.name}")
            committing.begun = True
        for waiting in batch:
            faults.point(f"storage.after_commit.{waiting.intent.name}")
        self._observer.committed(len(batch), time.perf_counter() - started)

    def _act(self, waiting: _Pending, connection: Connection, now: int, savepoint: AbstractContextManager[Any]) -> None:
        transaction = Transaction(connection, now, self._database, waiting.hints)
        try:
            with savepoint:
                waiting.result = waiting.intent.act(transaction)
        except Exception as error:
            if isinstance(savepoint, nullcontext) or not concerns_intent(error):
                raise
            waiting.error, waiting.hints = translated(error), Hints()

    def _pause(self, attempt: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, _BETWEEN_ATTEMPTS.delay(attempt))

    def _answer(self, batch: Sequence[_Pending]) -> None:
        try:
            self._loop.call_soon_threadsafe(self._deliver, batch)
        except RuntimeError:
            # The event loop has been closed: nobody waits any more.
            return

    def _deliver(self, batch: Sequence[_Pending]) -> None:
        for waiting in batch:
            if waiting.future.done():
                continue
            if waiting.error is not None:
                waiting.future.set_exception(waiting.error)
            else:
                waiting.future.set_result(waiting.result)
        self._publish(_hints(batch))


@dataclass(slots=True)
class _Committing:
    begun: bool = False


def _hints(batch: Sequence[_Pending]) -> Hints:
    hints = Hints()
    for waiting in batch:
        if waiting.error is None:
            hints.add(waiting.hints)
    return hints


def _fail(batch: Sequence[_Pending], error: Exception, *, unknown: bool) -> None:
    said = translated(error)
    if unknown and isinstance(said, StorageDownError):
        said = StorageDownError(f"{said}; whether it was stored is unknown, repeat with the same request id")
    for waiting in batch:
        waiting.error = said
