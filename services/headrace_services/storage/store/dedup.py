"""Requests that were answered: the same request id gets the same answer, across restarts and replicas."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from headrace_services.storage.store.guards import changed
from headrace_services.storage.store.schema import request_ids
from headrace_services.storage.store.times import DAY
from headrace_services.storage.store.transaction import Transaction

KEPT = DAY

_FIND = select(request_ids.c.method, request_ids.c.digest, request_ids.c.response).where(
    request_ids.c.request_id == bindparam("request_id")
)
_INSERT = insert(request_ids)
_OLDEST = (
    select(request_ids.c.request_id)
    .where(request_ids.c.create_time < bindparam("before"))
    .order_by(request_ids.c.create_time)
    .limit(bindparam("most"))
)
_PRUNE = delete(request_ids).where(request_ids.c.request_id.in_(_OLDEST.scalar_subquery()))


class Answered(NamedTuple):
    """A request that was answered before."""

    method: str
    digest: bytes
    response: bytes


def find(tx: Transaction, request_id: str) -> Answered | None:
    row = tx.connection.execute(_FIND, {"request_id": request_id}).one_or_none()
    return None if row is None else Answered._make(row)


def add(tx: Transaction, request_id: str, answered: Answered) -> None:
    values = {"request_id": request_id, "create_time": tx.now, **answered._asdict()}
    tx.connection.execute(_INSERT, values)


def prune(tx: Transaction, most: int) -> int:
    """Forgets the oldest requests whose time is up, at most `most`, and returns how many."""
    return changed(tx.connection.execute(_PRUNE, {"before": tx.now - KEPT, "most": most}))
