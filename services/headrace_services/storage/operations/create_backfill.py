"""CreateBackfill."""

from __future__ import annotations

from headrace.api.storage.v1.backfill_store_service_pb2 import CreateBackfillRequest, CreateBackfillResponse
from headrace.api.types.v1.backfill_pb2 import Backfill
from headrace.errors import BackfillIdTakenError, BackfillNotFinishedError
from headrace_services.storage.messages.backfill_messages import backfill_message, backfill_spec
from headrace_services.storage.operations.checks import backfill_not_found, require, wrong
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import backfills
from headrace_services.storage.store.hints import BACKFILL, BACKFILL_STATE
from headrace_services.storage.store.locks import backfill_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def create_backfill(store: Store, request: CreateBackfillRequest) -> CreateBackfillResponse:
    """Stores a backfill; one that makes again what another has not made goes on from where that one stood."""
    backfill = request.backfill
    if backfill.retry_of_id:
        require(backfill, "backfill_id")
    else:
        check_backfill("backfill", backfill)

    def act(tx: Transaction) -> CreateBackfillResponse:
        spec, progress = backfill_spec(backfill), ""
        if backfill.retry_of_id:
            spec, progress = _again(tx, backfill)
        add_backfill(tx, backfill, spec, progress)
        return CreateBackfillResponse(backfill=backfill_message(_found(tx, backfill.backfill_id)))

    # Which partitions there are may be another matter when the request is repeated.
    asked = Backfill()
    asked.CopyFrom(backfill)
    del asked.targets[:]
    locks = frozenset({backfill_lock(backfill.backfill_id)})
    return await store.write(once("create_backfill", request, CreateBackfillResponse, act, locks, identity=asked))


def check_backfill(field: str, backfill: Backfill) -> None:
    """Makes sure that a backfill can be stored.

    Raises:
        InvalidArgumentError: it cannot.
    """
    require(backfill, "backfill_id", "location_name")
    if not backfill.targets:
        raise wrong(f"{field}.targets", "must not be empty")


def add_backfill(tx: Transaction, backfill: Backfill, spec: bytes, progress: str = "") -> None:
    """Stores a backfill, of which the first step is due at once.

    Raises:
        BackfillIdTakenError: its id is taken.
    """
    if not backfills.add(tx, backfill.backfill_id, spec, progress):
        raise BackfillIdTakenError(
            f"backfill id {backfill.backfill_id} is taken: make a new id",
            metadata={"backfill_id": backfill.backfill_id},
        )
    tx.hints.kinds |= {BACKFILL, BACKFILL_STATE}


def _again(tx: Transaction, backfill: Backfill) -> tuple[bytes, str]:
    before = _found(tx, backfill.retry_of_id)
    if before.finish_time is None:
        raise BackfillNotFinishedError(f"backfill {before.backfill_id} is not over: wait for it, or cancel it first")
    new = Backfill.FromString(before.spec)
    new.backfill_id, new.retry_of_id, new.actor = backfill.backfill_id, before.backfill_id, backfill.actor
    return backfill_spec(new), before.progress


def _found(tx: Transaction, backfill_id: str) -> backfills.BackfillRecord:
    found = backfills.find(tx.connection, backfill_id)
    if found is None:
        raise backfill_not_found(backfill_id)
    return found
