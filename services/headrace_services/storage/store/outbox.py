"""Messages that leave the database: stored with what makes them necessary, claimed for a while, removed when done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, insert, literal_column, select, update

from headrace_services.storage.store.hints import OUTBOX
from headrace_services.storage.store.runs import in_states
from headrace_services.storage.store.schema import STARTING, outbox, runs
from headrace_services.storage.store.transaction import Transaction


class NewMessage(NamedTuple):
    """A message to be stored."""

    message_id: str
    launcher_name: str
    body: bytes
    # Of a launch order only.
    run_number: int | None = None
    launch_token: str | None = None


class ClaimedMessage(NamedTuple):
    """A message that was claimed."""

    number: int
    message_id: str
    body: bytes
    delivery_count: int


_INSERT = insert(outbox)
_alive = and_(
    runs.c.number == outbox.c.run_number,
    runs.c.launch_token == outbox.c.launch_token,
    in_states(STARTING),
)
_has_died = and_(outbox.c.launch_token.is_not(None), ~select(literal_column("1")).where(_alive).exists())
_CLAIMABLE: Select[Any] = (
    select(outbox.c.number, outbox.c.message_id, outbox.c.body, outbox.c.delivery_count, _has_died.label("dead"))
    .where(outbox.c.launcher_name == bindparam("launcher_name"), outbox.c.claimed_until <= bindparam("now"))
    .order_by(outbox.c.number)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.number.in_(bindparam("numbers", expanding=True)))
    .values(
        claimed_until=bindparam("until"),
        holder=bindparam("claimer"),
        delivery_count=outbox.c.delivery_count + 1,
    )
)
_DROP = delete(outbox).where(outbox.c.number.in_(bindparam("numbers", expanding=True)))
_COUNT = select(func.count()).select_from(outbox)
_ACK = delete(outbox).where(outbox.c.message_id.in_(bindparam("ids", expanding=True)))


def add(tx: Transaction, messages: Sequence[NewMessage]) -> None:
    if messages:
        tx.connection.execute(_INSERT, [message._asdict() for message in messages])
        tx.hints.kinds.add(OUTBOX)


def claim(tx: Transaction, launcher_name: str, holder: str, most: int, ttl: int) -> list[ClaimedMessage]:
    """Claims the oldest messages that nobody holds; drops launch orders that their run has no use for any more."""
    claimed: list[ClaimedMessage] = []
    while len(claimed) < most:
        wanted = most - len(claimed)
        rows = tx.connection.execute(_CLAIMABLE, {"launcher_name": launcher_name, "now": tx.now, "most": wanted}).all()
        dead = [row.number for row in rows if row.dead]
        alive = [ClaimedMessage(*row[:4]) for row in rows if not row.dead]
        if dead:
            tx.connection.execute(_DROP, {"numbers": dead})
        if alive:
            numbers = [message.number for message in alive]
            tx.connection.execute(_CLAIM, {"numbers": numbers, "until": tx.now + ttl, "claimer": holder})
        claimed += alive
        if len(rows) < wanted or not dead:
            break
    return claimed


def count(connection: Connection) -> int:
    """Returns how many messages were not acknowledged yet."""
    return int(connection.execute(_COUNT).scalar_one())


def acknowledge(tx: Transaction, message_ids: Sequence[str]) -> None:
    """Removes messages that are done."""
    tx.connection.execute(_ACK, {"ids": list(message_ids)})
