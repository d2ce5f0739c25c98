"""Leases on work that several replicas could do; by the database's clock, each grant with a new epoch."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, update

from headrace_services.storage.store.guards import expect_one
from headrace_services.storage.store.inserts import PerDatabase
from headrace_services.storage.store.schema import leases
from headrace_services.storage.store.transaction import Transaction


class LeaseRecord(NamedTuple):
    """A lease as it stands."""

    resource: str
    holder: str
    epoch: int
    request_id: str
    ttl: int
    expire_time: int


class LeaseTakenError(Exception):
    """Somebody else holds it."""


_RECORD = [leases.c[name] for name in LeaseRecord._fields]


def _take(insert: Any) -> Any:
    upsert = insert.values(epoch=1)
    return upsert.on_conflict_do_update(
        index_elements=[leases.c.resource],
        set_={
            "holder": upsert.excluded.holder,
            "epoch": leases.c.epoch + 1,
            "request_id": upsert.excluded.request_id,
            "ttl": upsert.excluded.ttl,
            "expire_time": upsert.excluded.expire_time,
        },
        # Taken again by whoever has it: a holder that was restarted must not wait for its own lease to end.
        where=or_(leases.c.expire_time <= bindparam("now"), leases.c.holder == upsert.excluded.holder),
    ).returning(*_RECORD)


_TAKE = PerDatabase(leases, _take)
_held = (
    leases.c.resource == bindparam("of_resource"),
    leases.c.holder == bindparam("of_holder"),
    leases.c.epoch == bindparam("of_epoch"),
)
_RENEW = (
    update(leases)
    .where(*_held, leases.c.expire_time > bindparam("now"))
    .values(ttl=bindparam("new_ttl"), expire_time=bindparam("now") + bindparam("new_ttl"))
    .returning(*_RECORD)
)
_RELEASE = update(leases).where(*_held).values(expire_time=0)
_GET = leases.select().where(leases.c.resource == bindparam("of_resource"))


def acquire(tx: Transaction, resource: str, holder: str, request_id: str, ttl: int) -> tuple[LeaseRecord, bool]:
    """Takes a lease if it is free, and returns it as it stands and whether the holder has it now."""
    row = tx.connection.execute(_GET, {"of_resource": resource}).one_or_none()
    known = None if row is None else LeaseRecord._make(row)
    if known and known.request_id == request_id and known.expire_time > tx.now:
        return known, True
    values = {
        "resource": resource,
        "holder": holder,
        "request_id": request_id,
        "ttl": ttl,
        "expire_time": tx.now + ttl,
        "now": tx.now,
    }
    try:
        return LeaseRecord._make(
            expect_one(tx.connection.execute(_TAKE[tx.database.name], values), LeaseTakenError)
        ), True
    except LeaseTakenError:
        if known is None:
            raise
        return known, False


def renew(tx: Transaction, resource: str, holder: str, epoch: int, ttl: int) -> LeaseRecord:
    """Prolongs a lease.

    Raises:
        LeaseTakenError: it has run out, or somebody else has it.
    """
    values = {"of_resource": resource, "of_holder": holder, "of_epoch": epoch, "new_ttl": ttl, "now": tx.now}
    return LeaseRecord._make(expect_one(tx.connection.execute(_RENEW, values), LeaseTakenError))


def release(tx: Transaction, resource: str, holder: str, epoch: int) -> None:
    """Gives a lease back, if the holder still has it."""
    tx.connection.execute(_RELEASE, {"of_resource": resource, "of_holder": holder, "of_epoch": epoch})
