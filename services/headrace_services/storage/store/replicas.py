"""The processes of the deployment, as they last said themselves."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from headrace_services.storage.store.guards import changed
from headrace_services.storage.store.inserts import PerDatabase
from headrace_services.storage.store.schema import replicas
from headrace_services.storage.store.transaction import Transaction


class ReplicaRecord(NamedTuple):
    """What a process said, and when."""

    replica_id: str
    payload: bytes
    report_time: int


def _write(insert: Any) -> Any:
    upsert = insert.values()
    said = {name: upsert.excluded[name] for name in ("payload", "report_time")}
    return upsert.on_conflict_do_update(index_elements=[replicas.c.replica_id], set_=said)


_WRITE = PerDatabase(replicas, _write)
_NEWEST = (
    select(*(replicas.c[name] for name in ReplicaRecord._fields))
    .where(replicas.c.report_time > bindparam("since"))
    .order_by(replicas.c.replica_id.desc())
    .limit(bindparam("most"))
)
_OLDER = _NEWEST.where(replicas.c.replica_id < bindparam("before"))
_FORGET = delete(replicas).where(replicas.c.replica_id == bindparam("of_replica"))
_PRUNE = delete(replicas).where(replicas.c.report_time < bindparam("before"))


def write(tx: Transaction, replica_id: str, payload: bytes) -> None:
    """Keeps what a process says."""
    values = {"replica_id": replica_id, "report_time": tx.now, "payload": payload}
    tx.connection.execute(_WRITE[tx.database.name], values)


def forget(tx: Transaction, replica_id: str) -> None:
    """Forgets a process that ends."""
    tx.connection.execute(_FORGET, {"of_replica": replica_id})


def newest(connection: Connection, since: int, before: str, most: int) -> list[ReplicaRecord]:
    """Reads the processes heard of since a moment, those that started last first, after one of them if it is named."""
    asked = {"since": since, "most": most}
    rows = connection.execute(_OLDER, {**asked, "before": before}) if before else connection.execute(_NEWEST, asked)
    return [ReplicaRecord._make(row) for row in rows]


def prune(tx: Transaction, before: int) -> int:
    """Forgets processes that were last heard of before a moment."""
    return changed(tx.connection.execute(_PRUNE, {"before": before}))
