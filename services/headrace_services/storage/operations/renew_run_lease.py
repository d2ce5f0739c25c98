"""RenewRunLease."""

from __future__ import annotations

from headrace.api.storage.v1.run_lease_service_pb2 import RenewRunLeaseRequest, RenewRunLeaseResponse
from headrace_services.storage.operations.checks import LONGEST_LEASE, SHORTEST_LEASE, require, ttl_micros
from headrace_services.storage.operations.reports import lost
from headrace_services.storage.store import run_leases, runs
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.run_leases import Holder, NotHeldError
from headrace_services.storage.store.schema import CANCELING
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def renew_run_lease(store: Store, request: RenewRunLeaseRequest) -> RenewRunLeaseResponse:
    """Prolongs a worker's lease, by the database's clock."""
    require(request, "run_id", "run_token")
    ttl = ttl_micros("ttl", request.ttl, SHORTEST_LEASE, LONGEST_LEASE)
    holder = Holder(request.run_id, request.epoch, request.run_token)

    def act(tx: Transaction) -> RenewRunLeaseResponse:
        try:
            state = run_leases.renew(tx, holder, ttl)
        except NotHeldError:
            raise lost(runs.find(tx.connection, holder.run_id), holder) from None
        return RenewRunLeaseResponse(cancel_requested=state == CANCELING)

    return await store.write(Intent("renew_run_lease", act, frozenset({run_lock(request.run_id)})))
