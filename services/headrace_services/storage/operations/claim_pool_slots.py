"""ClaimPoolSlots."""

from __future__ import annotations

from headrace.api.storage.v1.pool_service_pb2 import (
    ClaimPoolSlotsRequest,
    ClaimPoolSlotsResponse,
    PoolClaim,
    PoolGrant,
)
from headrace_services.storage.operations.checks import require, wrong
from headrace_services.storage.store import pool_slots, run_leases, runs
from headrace_services.storage.store.locks import POOLS_LOCK, run_lock
from headrace_services.storage.store.pool_slots import Want
from headrace_services.storage.store.pools import PoolLimits
from headrace_services.storage.store.run_leases import Holder, NotHeldError
from headrace_services.storage.store.runs import RunRecord
from headrace_services.storage.store.schema import CANCELING, RUNNING
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction

_MOST_CLAIMS, _MOST_WANTS = 200, 1_000


async def claim_pool_slots(store: Store, limits: PoolLimits, request: ClaimPoolSlotsRequest) -> ClaimPoolSlotsResponse:
    """Takes note of what runs hold and want, shares free slots out, and tells who has one."""
    _check(request)
    claims = list(request.claims)

    def act(tx: Transaction) -> ClaimPoolSlotsResponse:
        held = [_hear(tx, claim) for claim in claims]
        numbers = [run.number for run in held if run is not None]
        pool_slots.settle(tx, limits, frozenset(numbers))
        granted = pool_slots.granted(tx, numbers)
        return ClaimPoolSlotsResponse(grants=[_grant(run, granted) for run in held])

    locks = frozenset({POOLS_LOCK, *(run_lock(claim.run_id) for claim in claims)})
    return await store.write(Intent("claim_pool_slots", act, locks))


def _check(request: ClaimPoolSlotsRequest) -> None:
    if len(request.claims) > _MOST_CLAIMS:
        raise wrong("claims", f"has {len(request.claims)} runs, at most {_MOST_CLAIMS} are served at once")
    for claim in request.claims:
        require(claim, "run_id", "run_token")
        if len(claim.wants) > _MOST_WANTS:
            raise wrong("wants", f"has {len(claim.wants)} steps, at most {_MOST_WANTS} of a run may want slots at once")
        for want in claim.wants:
            require(want, "step_key", "pool")


def _hear(tx: Transaction, claim: PoolClaim) -> RunRecord | None:
    """Takes a claim in, and returns its run; None if the worker does not hold it any more."""
    holder = Holder(claim.run_id, claim.epoch, claim.run_token)
    try:
        number = run_leases.hear_of_pools(tx, holder, claim.round)
    except NotHeldError:
        return _still_held(tx, holder)
    wants = [Want(want.step_key, want.pool, want.priority) for want in claim.wants]
    pool_slots.declare(tx, number, claim.epoch, wants)
    return runs.find(tx.connection, claim.run_id)


def _still_held(tx: Transaction, holder: Holder) -> RunRecord | None:
    """Returns the run if it is the claim that is old, and not its holder."""
    run = runs.find(tx.connection, holder.run_id)
    if run is None or run.state not in (RUNNING, CANCELING) or (run.lease_until or 0) <= tx.now:
        return None
    return run if (run.epoch, run.run_token) == (holder.epoch, holder.run_token) else None


def _grant(run: RunRecord | None, granted: dict[int, list[str]]) -> PoolGrant:
    if run is None:
        return PoolGrant(lease_lost=True)
    return PoolGrant(step_keys=sorted(granted[run.number]), cancel_requested=run.state == CANCELING)
