"""AcquireLease."""

from __future__ import annotations

from headrace.api.storage.v1.lease_service_pb2 import AcquireLeaseRequest, AcquireLeaseResponse
from headrace_services.storage.messages.lease_messages import lease_message
from headrace_services.storage.operations.checks import LONGEST_HOLD, SHORTEST_LEASE, require, ttl_micros
from headrace_services.storage.store import leases
from headrace_services.storage.store.locks import lease_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def acquire_lease(store: Store, request: AcquireLeaseRequest) -> AcquireLeaseResponse:
    """Takes a lease that is free or has run out; repeating it while it holds answers the same."""
    require(request, "request_id", "resource", "holder")
    ttl = ttl_micros("ttl", request.ttl, SHORTEST_LEASE, LONGEST_HOLD)

    def act(tx: Transaction) -> AcquireLeaseResponse:
        lease, acquired = leases.acquire(tx, request.resource, request.holder, request.request_id, ttl)
        return AcquireLeaseResponse(lease=lease_message(lease), acquired=acquired)

    return await store.write(Intent("acquire_lease", act, frozenset({lease_lock(request.resource)})))
