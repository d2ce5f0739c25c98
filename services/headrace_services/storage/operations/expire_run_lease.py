"""ExpireRunLease."""

from __future__ import annotations

from headrace.api.storage.v1.run_lease_service_pb2 import ExpireRunLeaseRequest, ExpireRunLeaseResponse
from headrace_services.storage.operations.checks import require
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import run_leases
from headrace_services.storage.store.hints import OVERDUE
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.run_leases import NotHeldError
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

_LONGEST_DETAIL = 4096


async def expire_run_lease(store: Store, request: ExpireRunLeaseRequest) -> ExpireRunLeaseResponse:
    """Ends the lease of a worker that is known to be gone."""
    require(request, "run_id", "launch_token")

    def act(tx: Transaction) -> ExpireRunLeaseResponse:
        try:
            run_leases.end(tx, request.run_id, request.launch_token, request.worker_detail[:_LONGEST_DETAIL])
        except NotHeldError:
            return ExpireRunLeaseResponse(expired=False)
        tx.hints.kinds.add(OVERDUE)
        return ExpireRunLeaseResponse(expired=True)

    locks = frozenset({run_lock(request.run_id)})
    return await store.write(once("expire_run_lease", request, ExpireRunLeaseResponse, act, locks))
