"""ReleaseLease."""

from __future__ import annotations

from headrace.api.storage.v1.lease_service_pb2 import ReleaseLeaseRequest, ReleaseLeaseResponse
from headrace_services.storage.operations.checks import require
from headrace_services.storage.store import leases
from headrace_services.storage.store.locks import lease_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def release_lease(store: Store, request: ReleaseLeaseRequest) -> ReleaseLeaseResponse:
    """Gives a lease back; one that is lost already is no error."""
    require(request, "resource", "holder")

    def act(tx: Transaction) -> ReleaseLeaseResponse:
        leases.release(tx, request.resource, request.holder, request.epoch)
        return ReleaseLeaseResponse()

    return await store.write(Intent("release_lease", act, frozenset({lease_lock(request.resource)})))
