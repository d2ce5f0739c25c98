"""CommitTick."""

from __future__ import annotations

from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest, CommitTickResponse
from headrace_services.storage.messages.tick_messages import ref_of
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.operations.tick_commits import check_tick, commit_ticks_of, locks_of
from headrace_services.storage.store.instigators import stale
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def commit_tick(store: Store, request: CommitTickRequest) -> CommitTickResponse:
    """Stores a tick with its runs and the cursor, all or nothing."""
    check_tick(request)

    def act(tx: Transaction) -> CommitTickResponse:
        (answer,) = commit_ticks_of(tx, [request])
        if answer is None:
            raise stale(ref_of(request.tick.ref))
        return answer

    # Whoever repeats a request has asked the code again, at another moment: it may have said something else.
    identity = request.tick.ref
    return await store.write(
        once("commit_tick", request, CommitTickResponse, act, locks_of([request]), identity=identity)
    )
