"""CheckRunLease."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.run_lease_service_pb2 import CheckRunLeaseRequest, CheckRunLeaseResponse
from headrace_services.storage.operations.checks import require
from headrace_services.storage.operations.reports import lost
from headrace_services.storage.store import run_leases, runs
from headrace_services.storage.store.run_leases import Holder
from headrace_services.storage.store.store import Store


async def check_run_lease(store: Store, request: CheckRunLeaseRequest) -> CheckRunLeaseResponse:
    """Makes sure that a worker holds its lease, by the database's clock."""
    require(request, "run_id", "run_token")
    holder = Holder(request.run_id, request.epoch, request.run_token)

    def read(connection: Connection) -> None:
        if not run_leases.is_held(connection, holder, store.database.now(connection)):
            raise lost(runs.find(connection, holder.run_id), holder)

    await store.read(read)
    return CheckRunLeaseResponse()
