"""What is known of assets, from projections that are kept as their events are stored."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from headrace_services.storage.store.schema import assets, materializations


class AssetRecord(NamedTuple):
    """An asset with its latest materialization."""

    asset_key: str
    materialization_count: int
    sequence: int
    payload: bytes


class Materialization(NamedTuple):
    """One materialization."""

    number: int
    sequence: int
    payload: bytes


_latest = (
    select(func.max(materializations.c.number))
    .where(materializations.c.asset_key == assets.c.asset_key)
    .correlate(assets)
    .scalar_subquery()
)
_ASSETS = select(
    assets.c.asset_key, assets.c.materialization_count, materializations.c.sequence, materializations.c.payload
).join(materializations, materializations.c.number == _latest)
_MATERIALIZATIONS = select(*(materializations.c[name] for name in Materialization._fields))


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


def history(
    connection: Connection, asset_key: str, partition_key: str, before: int | None, most: int
) -> list[Materialization]:
    """Reads an asset's materializations, newest first, of one partition if one is given."""
    statement = _MATERIALIZATIONS.where(materializations.c.asset_key == asset_key)
    if partition_key:
        statement = statement.where(materializations.c.partition_key == partition_key)
    if before is not None:
        statement = statement.where(materializations.c.number < before)
    statement = statement.order_by(materializations.c.number.desc()).limit(most)
    return [Materialization._make(row) for row in connection.execute(statement)]
