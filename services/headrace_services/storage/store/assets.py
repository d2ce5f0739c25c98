"""What is known of assets, from projections that are kept as their events are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, func, or_, select

from headrace_services.storage.store.history import MATERIALIZED
from headrace_services.storage.store.schema import (
    asset_attempts,
    asset_checks,
    asset_partitions,
    assets,
    materializations,
)


class AssetRecord(NamedTuple):
    """An asset with its latest materialization and observation, where there is one."""

    asset_key: str
    materialization_count: int
    observation_count: int
    sequence: int | None
    payload: bytes | None
    seen_sequence: int | None
    seen_payload: bytes | None
    number: int | None
    seen_number: int | None


class HistoryEntry(NamedTuple):
    """A materialization, observation or verdict."""

    number: int
    sequence: int
    payload: bytes


class Verdict(NamedTuple):
    """The latest verdict of a check."""

    asset_key: str
    check_name: str
    sequence: int
    payload: bytes
    number: int


class Attempt(NamedTuple):
    """What a run was to make of an asset."""

    first_key: str
    last_key: str
    after_number: int
    failed: int
    run_id: str


class Looked(NamedTuple):
    """What somebody looks for in the history of an asset; what is empty or None does not matter."""

    kinds: Sequence[int] = ()
    partition_keys: Sequence[str] = ()
    after: int | None = None
    before: int | None = None
    ascending: bool = False


_made = materializations.alias("made")
_seen = materializations.alias("seen")
_ASSETS = (
    select(
        assets.c.asset_key,
        assets.c.materialization_count,
        assets.c.observation_count,
        _made.c.sequence,
        _made.c.payload,
        _seen.c.sequence.label("seen_sequence"),
        _seen.c.payload.label("seen_payload"),
        _made.c.number,
        _seen.c.number.label("seen_number"),
    )
    .outerjoin(_made, _made.c.number == assets.c.latest_materialization)
    .outerjoin(_seen, _seen.c.number == assets.c.latest_observation)
)
_HISTORY = select(*(materializations.c[name] for name in HistoryEntry._fields))
_VERDICTS = select(
    asset_checks.c.asset_key,
    asset_checks.c.check_name,
    materializations.c.sequence,
    materializations.c.payload,
    materializations.c.number,
).join(materializations, materializations.c.number == asset_checks.c.number)
_ALL_ATTEMPTS = select(
    asset_attempts.c.number, asset_attempts.c.asset_key, *(asset_attempts.c[name] for name in Attempt._fields)
)
_ATTEMPTS = select(*(asset_attempts.c[name] for name in Attempt._fields))


def find(connection: Connection, asset_key: str) -> AssetRecord | None:
    row = connection.execute(_ASSETS.where(assets.c.asset_key == asset_key)).one_or_none()
    return None if row is None else AssetRecord._make(row)


def by_key(connection: Connection, prefix: str, after: str, most: int) -> list[AssetRecord]:
    """Reads assets by key, all or those whose key begins with the parts of `prefix`."""
    statement = _ASSETS.where(assets.c.asset_key > after).order_by(assets.c.asset_key).limit(most)
    if prefix:
        # Keys below it begin with it and a slash, and the character after a slash is a zero.
        below = and_(assets.c.asset_key > f"{prefix}/", assets.c.asset_key < f"{prefix}0")
        statement = statement.where(or_(assets.c.asset_key == prefix, below))
    return [AssetRecord._make(row) for row in connection.execute(statement)]


def verdicts(connection: Connection, asset_keys: Sequence[str]) -> list[Verdict]:
    """Reads the latest verdicts of all checks of these assets."""
    if not asset_keys:
        return []
    statement = _VERDICTS.where(asset_checks.c.asset_key.in_(asset_keys))
    rows = connection.execute(statement.order_by(asset_checks.c.asset_key, asset_checks.c.check_name))
    return [Verdict._make(row) for row in rows]


def history(connection: Connection, asset_key: str, looked: Looked, most: int) -> list[HistoryEntry]:
    """Reads the history of an asset, newest first unless asked otherwise."""
    number = materializations.c.number
    statement: Select[tuple[int, int, bytes]] = _HISTORY.where(materializations.c.asset_key == asset_key)
    if looked.kinds:
        statement = statement.where(materializations.c.kind.in_(looked.kinds))
    if looked.partition_keys:
        statement = statement.where(materializations.c.partition_key.in_(looked.partition_keys))
    if looked.after is not None:
        statement = statement.where(number > looked.after)
    if looked.before is not None:
        statement = statement.where(number < looked.before)
    statement = statement.order_by(number if looked.ascending else number.desc()).limit(most)
    return [HistoryEntry._make(row) for row in connection.execute(statement)]


def materializations_before(
    connection: Connection, asset_key: str, partition_key: str, before: int | None, most: int
) -> list[HistoryEntry]:
    """Reads an asset's materializations, newest first, of one partition if one is given."""
    keys = (partition_key,) if partition_key else ()
    return history(connection, asset_key, Looked((MATERIALIZED,), keys, before=before), most)


def made_partitions(
    connection: Connection, asset_key: str, among: Sequence[str], since: int, after: str, most: int
) -> list[tuple[str, int]]:
    """Reads the partitions that were made after a number, by key, with the number of their latest materialization."""
    key, made = asset_partitions.c.partition_key, asset_partitions.c.number
    statement = select(key, made).where(asset_partitions.c.asset_key == asset_key, key > after)
    if since:
        statement = statement.where(made > since)
    if among:
        statement = statement.where(key.in_(among))
    return [(name, number) for name, number in connection.execute(statement.order_by(key).limit(most))]


def made_count(connection: Connection, asset_key: str) -> int:
    """Returns how many partitions were ever made."""
    statement = select(func.count()).select_from(asset_partitions).where(asset_partitions.c.asset_key == asset_key)
    return int(connection.execute(statement).scalar_one())


def attempts(connection: Connection, asset_key: str) -> list[Attempt]:
    """Reads what runs were to make of an asset and have not made."""
    statement = _ATTEMPTS.where(asset_attempts.c.asset_key == asset_key).order_by(asset_attempts.c.number)
    return [Attempt._make(row) for row in connection.execute(statement)]


def attempts_after(connection: Connection, after: int, most: int) -> list[tuple[int, str, Attempt]]:
    """Reads what runs were to make of any asset and have not made: its number, the asset, and what of it."""
    statement = _ALL_ATTEMPTS.where(asset_attempts.c.number > after).order_by(asset_attempts.c.number).limit(most)
    return [(number, key, Attempt._make(rest)) for number, key, *rest in connection.execute(statement)]
