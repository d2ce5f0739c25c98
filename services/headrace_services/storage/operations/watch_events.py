"""WatchEvents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from headrace.api.storage.v1.event_log_service_pb2 import WatchEventsRequest, WatchEventsResponse
from headrace.api.types.v1.event_pb2 import Event
from headrace.errors import RateLimitedError
from headrace_services.storage.messages.event_messages import event_messages
from headrace_services.storage.operations.checks import run_not_found
from headrace_services.storage.operations.event_filters import EventSelection, selection
from headrace_services.storage.store import feed
from headrace_services.storage.store.database import Position
from headrace_services.storage.store.store import Store

Place = TypeVar("Place")

# The contract promises one every 15 s.
SIGN_OF_LIFE_SECONDS = 10.0
# A reader that leaves a message in the pipe for this long is better off coming back with its cursor.
_SLOWEST_READER_SECONDS = 60.0
_PAGE = 500


@dataclass(frozen=True)
class _Batch(Generic[Place]):
    events: list[Event]
    place: Place
    complete: bool
    settled: bool = True
    ended: bool = False

    @property
    def caught_up(self) -> bool:
        return self.complete and self.settled


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
    messages = event_messages(page.events)
    return _Batch(messages, page.sequence, page.complete, ended=page.complete and page.finished)


async def _of_all(store: Store, selected: EventSelection, after: Position) -> _Batch[Position]:
    page = await store.read(lambda conn: feed.of_all(store.database, conn, after, selected.wanted, _PAGE))
    return _Batch(event_messages(page.events), page.position, page.complete, page.settled)


async def _stream(
    store: Store,
    selected: EventSelection,
    place: Place,
    read: Callable[[Store, EventSelection, Place], Awaitable[_Batch[Place]]],
    cursor: Callable[[Place], str],
) -> AsyncIterator[WatchEventsResponse]:
    # Watched before the first read: what is committed in between must not be missed.
    with store.signals.events(selected.run_id) as wake:
        said_caught_up, said_at = False, store.clock.monotonic()
        while True:
            try:
                batch = await store.shared_reads.read(
                    (selected.run_id, selected.wanted, place), partial(read, store, selected, place)
                )
            except feed.BeyondEndError:
                raise selected.expired() from None
            place = batch.place
            now = store.clock.monotonic()
            # A wake-up that brings nothing of interest is no news; a sign of life is due all the same.
            is_news = bool(batch.events) or batch.ended or (batch.caught_up and not said_caught_up)
            if is_news or now - said_at >= SIGN_OF_LIFE_SECONDS:
                yield WatchEventsResponse(events=batch.events, cursor=cursor(place), caught_up=batch.caught_up)
                said_caught_up, said_at = batch.caught_up, store.clock.monotonic()
                if said_at - now > _SLOWEST_READER_SECONDS:
                    raise RateLimitedError("the reader is too slow: watch again from the last cursor", retry_after=1.0)
            if batch.ended:
                return
            if batch.complete:
                if not batch.settled:
                    store.settling.begin()
                await wake.wait(max(0.0, SIGN_OF_LIFE_SECONDS - (store.clock.monotonic() - said_at)))
