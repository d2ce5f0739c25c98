"""ListOverdueRuns."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.run_lease_service_pb2 import (
    ListOverdueRunsRequest,
    ListOverdueRunsResponse,
    OverdueReason,
    OverdueRun,
)
from headrace_services.storage import cursors
from headrace_services.storage.messages.run_messages import run_message, run_weight
from headrace_services.storage.operations.checks import micros, page_size
from headrace_services.storage.store import run_leases
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.run_leases import Overdue, Timeouts
from headrace_services.storage.store.store import Store


async def list_overdue_runs(store: Store, request: ListOverdueRunsRequest) -> ListOverdueRunsResponse:
    """Reads runs that need the monitor, by the database's clock."""
    timeouts = Timeouts(micros(request.start_timeout), micros(request.cancel_timeout), micros(request.max_runtime))
    selected = cursors.filter_hash("overdue_runs", *timeouts)
    after = cursors.decode(request.page_token, selected, int)[0] if request.page_token else 0
    size = page_size(request.page_size, 50, 500)

    def read(connection: Connection) -> tuple[list[Overdue], bool]:
        now = store.database.now(connection)

        def fetch(last: Overdue | None, count: int) -> list[Overdue]:
            return run_leases.overdue(connection, now, timeouts, last.run.number if last else after, count)

        return page(fetch, size, lambda overdue: run_weight(overdue.run))

    found, more = await store.read(read)
    return ListOverdueRunsResponse(
        overdue_runs=map(_message, found),
        next_page_token=cursors.encode(selected, found[-1].run.number) if more else "",
    )


def _message(overdue: Overdue) -> OverdueRun:
    return OverdueRun(
        run=run_message(overdue.run),
        reason=OverdueReason.ValueType(overdue.reason),
        worker_detail=overdue.run.worker_detail,
    )
