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
from headrace_services.storage.messages.run_messages import run_message
from headrace_services.storage.operations.checks import micros, page_size
from headrace_services.storage.store import run_leases
from headrace_services.storage.store.run_leases import Overdue, Timeouts
from headrace_services.storage.store.store import Store


async def list_overdue_runs(store: Store, request: ListOverdueRunsRequest) -> ListOverdueRunsResponse:
    """Reads runs that need the monitor, by the database's clock."""
    timeouts = Timeouts(micros(request.start_timeout), micros(request.cancel_timeout), micros(request.max_runtime))
    selected = cursors.filter_hash("overdue_runs", *timeouts)
    after = cursors.decode(request.page_token, selected, int)[0] if request.page_token else 0
    size = page_size(request.page_size, 50, 500)

    def read(connection: Connection) -> list[Overdue]:
        return run_leases.overdue(connection, store.database.now(connection), timeouts, after, size + 1)

    found = await store.read(read)
    page = found[:size]
    return ListOverdueRunsResponse(
        overdue_runs=map(_message, page),
        next_page_token=cursors.encode(selected, page[-1].run.number) if len(found) > size else "",
    )


def _message(overdue: Overdue) -> OverdueRun:
    return OverdueRun(
        run=run_message(overdue.run),
        reason=OverdueReason.ValueType(overdue.reason),
        worker_detail=overdue.run.worker_detail,
    )
