"""ExpireRunLease."""

from __future__ import annotations

from headrace.api.storage.v1.run_lease_service_pb2 import ExpireRunLeaseRequest, ExpireRunLeaseResponse
from headrace.token_digest import token_digest
from headrace_services.storage.operations.checks import require
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import run_leases, runs
from headrace_services.storage.store.hints import OVERDUE
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.run_leases import NotHeldError
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

_LONGEST_DETAIL = 4096


async def expire_run_lease(store: Store, request: ExpireRunLeaseRequest) -> ExpireRunLeaseResponse:
    """Ends the lease of a worker that is known to be gone, or takes note of why there is none yet."""
    require(request, "run_id", *(() if request.launch_token_digest else ("launch_token",)))
    detail = request.worker_detail[:_LONGEST_DETAIL]

    def act(tx: Transaction) -> ExpireRunLeaseResponse:
        try:
            token = request.launch_token or _token_of(tx, request.run_id, request.launch_token_digest)
            if request.note_only:
                run_leases.note(tx, request.run_id, token, detail)
                return ExpireRunLeaseResponse(expired=False)
            run_leases.end(tx, request.run_id, token, detail)
        except NotHeldError:
            return ExpireRunLeaseResponse(expired=False)
        tx.hints.kinds.add(OVERDUE)
        return ExpireRunLeaseResponse(expired=True)

    locks = frozenset({run_lock(request.run_id)})
    return await store.write(once("expire_run_lease", request, ExpireRunLeaseResponse, act, locks))


def _token_of(tx: Transaction, run_id: str, digest: str) -> str:
    """Returns the launch token of a run's attempt if this is its digest."""
    run = runs.find(tx.connection, run_id)
    if run is None or run.launch_token is None or token_digest(run.launch_token) != digest:
        raise NotHeldError
    return run.launch_token
