"""WatchEvents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from headrace.api.storage.v1.event_log_service_pb2 import WatchEventsRequest, WatchEventsResponse
from headrace.errors import RateLimitedError
from headrace_services.storage.messages.event_messages import event_messages
from headrace_services.storage.operations.checks import run_not_found
from headrace_services.storage.operations.event_filters import EventSelection, selection
from headrace_services.storage.store import feed
from headrace_services.storage.store.database import Position
from headrace_services.storage.store.feed import StoredEvent
from headrace_services.storage.store.store import Store

Place = TypeVar("Place")

SIGN_OF_LIFE_SECONDS = 15.0
# A reader that leaves a message in the pipe for this long is better off coming back with its cursor.
_SLOWEST_READER_SECONDS = 60.0
_PAGE = 500
# Nobody tells when the transaction ends that keeps committed events back.
_UNSETTLED_SECONDS = 0.02


@dataclass(frozen=True)
class _Batch(Generic[Place]):
    events: list[StoredEvent]
    place: Place
    complete: bool
    settled: bool = True
    ended: bool = False


async def watch_events(store: Store, request: WatchEventsRequest) -> AsyncIterator[WatchEventsResponse]:
    """Streams events after the cursor as they are committed."""
    selected = selection(request.filter, store.generation)
    if selected.run_id:
        place = await _place_in_run(store, selected, request)
        async for response in _stream(store, selected, place, _of_run, selected.run_cursor):
            yield response
    else:
        position = await _place_in_feed(store, selected, request)
        async for response in _stream(store, selected, position, _of_all, selected.feed_cursor):
            yield response


async def _place_in_run(store: Store, selected: EventSelection, request: WatchEventsRequest) -> int:
    if request.cursor or not request.from_now:
        return selected.run_place(request.cursor)
    last = await store.read(lambda connection: feed.last_sequence(connection, selected.run_id))
    if last is None:
        raise run_not_found(selected.run_id)
    return last


async def _place_in_feed(store: Store, selected: EventSelection, request: WatchEventsRequest) -> Position:
    if request.cursor or not request.from_now:
        return selected.feed_place(request.cursor)
    return await store.read(store.database.head)


async def _of_run(store: Store, selected: EventSelection, after: int) -> _Batch[int]:
    page = await store.read(lambda conn: feed.of_run(conn, selected.run_id, after, selected.wanted, _PAGE))
    if page is None:
        raise run_not_found(selected.run_id)
    return _Batch(page.events, page.sequence, page.complete, ended=page.complete and page.finished)


async def _of_all(store: Store, selected: EventSelection, after: Position) -> _Batch[Position]:
    page = await store.read(lambda conn: feed.of_all(store.database, conn, after, selected.wanted, _PAGE))
    return _Batch(page.events, page.position, page.complete, page.settled)


async def _stream(
    store: Store,
    selected: EventSelection,
    place: Place,
    read: Callable[[Store, EventSelection, Place], Awaitable[_Batch[Place]]],
    cursor: Callable[[Place], str],
) -> AsyncIterator[WatchEventsResponse]:
    # Watched before the first read: what is committed in between must not be missed.
    with store.signals.events(selected.run_id) as wake:
        quiet_since: float | None = None
        while True:
            batch = await read(store, selected, place)
            place = batch.place
            now = store.clock.monotonic()
            # A wake-up that brings nothing of interest is no news; a sign of life is due all the same.
            due = quiet_since is None or now - quiet_since >= SIGN_OF_LIFE_SECONDS
            if batch.events or batch.ended or due:
                yield WatchEventsResponse(
                    events=event_messages(batch.events),
                    cursor=cursor(place),
                    caught_up=batch.complete and batch.settled,
                )
                quiet_since = store.clock.monotonic()
                if quiet_since - now > _SLOWEST_READER_SECONDS:
                    raise RateLimitedError("the reader is too slow: watch again from the last cursor", retry_after=1.0)
            if batch.ended:
                return
            if batch.complete and batch.settled:
                await wake.wait(SIGN_OF_LIFE_SECONDS)
            elif batch.complete:
                await wake.wait(_UNSETTLED_SECONDS)
