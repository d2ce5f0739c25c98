"""RenewLease."""

from __future__ import annotations

from headrace.api.storage.v1.lease_service_pb2 import RenewLeaseRequest, RenewLeaseResponse
from headrace.errors import LeaseLostError
from headrace_services.storage.messages.lease_messages import lease_message
from headrace_services.storage.operations.checks import LONGEST_HOLD, SHORTEST_LEASE, require, ttl_micros
from headrace_services.storage.store import leases
from headrace_services.storage.store.leases import LeaseTakenError
from headrace_services.storage.store.locks import lease_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def renew_lease(store: Store, request: RenewLeaseRequest) -> RenewLeaseResponse:
    """Prolongs a lease."""
    require(request, "resource", "holder")
    ttl = ttl_micros("ttl", request.ttl, SHORTEST_LEASE, LONGEST_HOLD)

    def act(tx: Transaction) -> RenewLeaseResponse:
        try:
            lease = leases.renew(tx, request.resource, request.holder, request.epoch, ttl)
        except LeaseTakenError:
            raise LeaseLostError(
                f"the lease on {request.resource} has run out or was taken: acquire it again"
            ) from None
        return RenewLeaseResponse(lease=lease_message(lease))

    return await store.write(Intent("renew_lease", act, frozenset({lease_lock(request.resource)})))
