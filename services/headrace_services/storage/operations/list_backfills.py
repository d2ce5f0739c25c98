"""ListBackfills."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.backfill_store_service_pb2 import ListBackfillsRequest, ListBackfillsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.backfill_messages import backfill_message
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import backfills
from headrace_services.storage.store.backfills import BackfillRecord
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.store import Store


async def list_backfills(store: Store, request: ListBackfillsRequest) -> ListBackfillsResponse:
    """Reads backfills, newest first."""
    states = sorted(set(request.states))
    selected = cursors.filter_hash("backfills", *states)
    before = cursors.decode(request.page_token, selected, int, int) if request.page_token else None
    size = page_size(request.page_size, 50, 500)

    def read(connection: Connection) -> tuple[list[BackfillRecord], bool]:
        def fetch(last: BackfillRecord | None, count: int) -> list[BackfillRecord]:
            place = (last.create_time, last.number) if last else before
            return backfills.newest(connection, states, place, count)

        return page(fetch, size, lambda record: len(record.spec) + len(record.counts))

    found, more = await store.read(read)
    return ListBackfillsResponse(
        backfills=[backfill_message(record) for record in found],
        next_page_token=cursors.encode(selected, found[-1].create_time, found[-1].number) if more else "",
    )
