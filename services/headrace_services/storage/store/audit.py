"""Who changed what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from headrace_services.storage.store.bulk import ManyRows
from headrace_services.storage.store.guards import changed
from headrace_services.storage.store.schema import audit_entries
from headrace_services.storage.store.transaction import Transaction


class AuditRecord(NamedTuple):
    """A call that changed something, or was to; `payload` is its message."""

    entry_id: str
    call_time: int
    caller_name: str
    payload: bytes


_ADD = ManyRows(audit_entries, AuditRecord._fields, lambda insert: insert.on_conflict_do_nothing())
_NEWEST = (
    select(audit_entries.c.payload)
    .where(audit_entries.c.entry_id < bindparam("before"))
    .order_by(audit_entries.c.entry_id.desc())
    .limit(bindparam("most"))
)
_NEWEST_OF_CALLER = _NEWEST.where(audit_entries.c.caller_name == bindparam("of_caller"))
_OLDEST = (
    select(audit_entries.c.entry_id)
    .where(audit_entries.c.call_time < bindparam("before"))
    .order_by(audit_entries.c.call_time)
    .limit(bindparam("most"))
)
_PRUNE = delete(audit_entries).where(audit_entries.c.entry_id.in_(_OLDEST.scalar_subquery()))
# Greater than every id.
_END = "~"


def add(tx: Transaction, records: Sequence[AuditRecord]) -> None:
    """Keeps entries; those that are there already stay as they are."""
    if records:
        _ADD.write(tx.connection, [record._asdict() for record in records])


def newest(connection: Connection, caller_name: str | None, before: str, most: int) -> list[bytes]:
    """Reads entries, the newest first, from before one of them on if it is named."""
    asked = {"before": before or _END, "most": most}
    if caller_name is None:
        return list(connection.execute(_NEWEST, asked).scalars())
    return list(connection.execute(_NEWEST_OF_CALLER, {**asked, "of_caller": caller_name}).scalars())


def prune(tx: Transaction, before: int, most: int) -> int:
    """Forgets entries of before a moment, at most `most`, and returns how many."""
    return changed(tx.connection.execute(_PRUNE, {"before": before, "most": most}))
