"""ListEvents."""

from __future__ import annotations

from headrace.api.storage.v1.event_log_service_pb2 import ListEventsRequest, ListEventsResponse
from headrace_services.storage.messages.event_messages import event_messages
from headrace_services.storage.operations.checks import page_size, run_not_found
from headrace_services.storage.operations.event_filters import EventSelection, selection
from headrace_services.storage.store import feed
from headrace_services.storage.store.store import Store


async def list_events(store: Store, request: ListEventsRequest) -> ListEventsResponse:
    """Reads a page of a run's events, or of all runs' in feed order."""
    selected = selection(request.filter, store.generation)
    size = page_size(request.page_size, 100, 1000)
    if selected.run_id:
        return await _of_run(store, selected, request.page_token, size)
    return await _of_all(store, selected, request.page_token, size, with_cursors=request.with_cursors)


async def _of_run(store: Store, selected: EventSelection, token: str, size: int) -> ListEventsResponse:
    after = selected.run_place(token)
    try:
        page = await store.read(lambda conn: feed.of_run(conn, selected.run_id, after, selected.wanted, size))
    except feed.BeyondEndError:
        raise selected.expired() from None
    if page is None:
        raise run_not_found(selected.run_id)
    token = "" if page.complete else selected.run_cursor(page.sequence)
    return ListEventsResponse(events=event_messages(page.events), next_page_token=token)


async def _of_all(
    store: Store, selected: EventSelection, token: str, size: int, *, with_cursors: bool
) -> ListEventsResponse:
    after = selected.feed_place(token)
    try:
        page = await store.read(lambda conn: feed.of_all(store.database, conn, after, selected.wanted, size))
    except feed.BeyondEndError:
        raise selected.expired() from None
    end = selected.feed_cursor(page.position)
    response = ListEventsResponse(events=event_messages(page.events), next_page_token="" if page.complete else end)
    if with_cursors:
        response.cursors.extend(selected.feed_cursor(event.position) for event in page.events)
        response.end_cursor = end
    return response
