"""ListRuns."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.run_store_service_pb2 import ListRunsRequest, ListRunsResponse, RunFilter
from headrace_services.storage import cursors
from headrace_services.storage.messages.run_messages import run_message, run_weight
from headrace_services.storage.operations.checks import page_size, wrong
from headrace_services.storage.store import run_lists
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.run_lists import RunSelection
from headrace_services.storage.store.runs import RunRecord
from headrace_services.storage.store.store import Store


async def list_runs(store: Store, request: ListRunsRequest) -> ListRunsResponse:
    """Reads runs, newest first."""
    selection = _selection(request.filter)
    selected = cursors.filter_hash("runs", request.filter)
    before = cursors.decode(request.page_token, selected, int, int) if request.page_token else None
    size = page_size(request.page_size, 50, 500)

    def read(connection: Connection) -> tuple[list[RunRecord], bool]:
        def fetch(last: RunRecord | None, count: int) -> list[RunRecord]:
            place = (last.create_time, last.number) if last else before
            return run_lists.newest(connection, selection, place, count)

        return page(fetch, size, run_weight)

    found, more = await store.read(read)
    return ListRunsResponse(
        runs=map(run_message, found),
        next_page_token=cursors.encode(selected, found[-1].create_time, found[-1].number) if more else "",
    )


def _selection(filter: RunFilter) -> RunSelection:
    return RunSelection(
        states=sorted(set(filter.states)),
        job_name=filter.job_name,
        location_name=filter.location_name,
        root_run_id=filter.root_run_id,
        tags=[_tag(index, text) for index, text in enumerate(filter.tags)],
        create_time_from=filter.create_time_from.ToMicroseconds() if filter.HasField("create_time_from") else None,
        create_time_before=(
            filter.create_time_before.ToMicroseconds() if filter.HasField("create_time_before") else None
        ),
    )


def _tag(index: int, text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    if not key:
        raise wrong(f"filter.tags[{index}]", f"is {text!r}, must be key=value, or key for any value")
    return key, value if equals else None
