"""The history of assets, and what follows of it: kept with every event that is stored, never found out by reading events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, literal_column, or_, select, update

from headrace_services.storage.store.inserts import PerDatabase
from headrace_services.storage.store.schema import (
    asset_attempts,
    asset_checks,
    asset_partitions,
    assets,
    materializations,
)
from headrace_services.storage.store.transaction import Transaction

# Kinds of events, as the contract numbers them.
MATERIALIZED, OBSERVED, CHECKED = 20, 21, 26


class AssetFact(NamedTuple):
    """What an event says about an asset; no partition key: about the asset as a whole."""

    partition_key: str
    check_name: str = ""


class Plan(NamedTuple):
    """An asset that a run is to make: from one partition to another, or as a whole if there are no keys."""

    asset_key: str
    first_key: str
    last_key: str


class Entry(NamedTuple):
    """An event on its way into the history."""

    kind: int
    asset_key: str
    fact: AssetFact
    sequence: int
    payload: bytes


def keep(tx: Transaction, run_number: int, entries: Sequence[Entry]) -> None:
    """Adds events of a run (0: of none) to the history, under locks on their assets."""
    made = [entry for entry in entries if entry.kind == MATERIALIZED]
    seen = [entry for entry in entries if entry.kind == OBSERVED]
    checked = [entry for entry in entries if entry.kind == CHECKED]
    if made:
        tx.connection.execute(_INSERT, [_row(entry) for entry in made])
        _count_made(tx, run_number, made)
    if seen:
        tx.connection.execute(_INSERT, [_row(entry) for entry in seen])
        tx.connection.execute(_COUNT_SEEN[tx.database.name], _counts(seen))
    if checked:
        numbers = tx.connection.execute(_INSERT_NUMBERED, [_row(entry) for entry in checked]).scalars()
        _keep_verdicts(tx, dict(zip(map(_check_of, checked), numbers, strict=True)))


def plan(tx: Transaction, run_number: int, run_id: str, plans: Iterable[Plan]) -> None:
    """Notes what a run is to make, instead of what an earlier attempt of it was to make."""
    tx.connection.execute(_FORGET, {"of_run": run_number})
    keys = [each._asdict() for each in plans]
    if keys:
        tx.connection.execute(_RETRY, keys)
        tx.connection.execute(_PLAN, [{"of_run": run_number, "id_of_run": run_id, **each} for each in keys])


def end_run(tx: Transaction, run_number: int, *, succeeded: bool) -> None:
    """Notes that a run is over: what it was to make and has not made has failed, unless it succeeded."""
    tx.connection.execute(_FORGET if succeeded else _FAIL, {"of_run": run_number})


def wipe(tx: Transaction, asset_key: str, partition_keys: Sequence[str]) -> None:
    """Forgets what is known of an asset, or of some of its partitions."""
    if not partition_keys:
        for table in (materializations, asset_partitions, asset_attempts, asset_checks, assets):
            tx.connection.execute(delete(table).where(table.c.asset_key == asset_key))
        return
    for table in (materializations, asset_partitions):
        of_partitions = delete(table).where(table.c.asset_key == asset_key, table.c.partition_key.in_(partition_keys))
        tx.connection.execute(of_partitions)
    of_attempts = delete(asset_attempts).where(
        asset_attempts.c.asset_key == asset_key, asset_attempts.c.first_key.in_(partition_keys)
    )
    tx.connection.execute(of_attempts)
    for kind, column in ((MATERIALIZED, assets.c.latest_materialization), (OBSERVED, assets.c.latest_observation)):
        of_kind = materializations.c.asset_key == asset_key, materializations.c.kind == kind
        newest = select(func.max(materializations.c.number)).where(*of_kind).scalar_subquery()
        tx.connection.execute(update(assets).where(assets.c.asset_key == asset_key).values({column: newest}))


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "asset_key": entry.asset_key,
        "partition_key": entry.fact.partition_key,
        "sequence": entry.sequence,
        "payload": entry.payload,
    }


def _count_made(tx: Transaction, run_number: int, entries: Sequence[Entry]) -> None:
    tx.connection.execute(_COUNT_MADE[tx.database.name], _counts(entries))
    parts = sorted({(entry.asset_key, entry.fact.partition_key) for entry in entries})
    keys = [{"key": key, "partition": partition} for key, partition in parts]
    partitioned = [each for each in keys if each["partition"]]
    if partitioned:
        tx.connection.execute(_PARTITION[tx.database.name], partitioned)
    tx.connection.execute(_SETTLE, [{**each, "of_run": run_number} for each in keys])


def _keep_verdicts(tx: Transaction, numbers: Mapping[tuple[str, str], int]) -> None:
    rows = [{"key": key, "check": check, "of": number} for (key, check), number in sorted(numbers.items())]
    tx.connection.execute(_CHECK[tx.database.name], rows)


def _check_of(entry: Entry) -> tuple[str, str]:
    return entry.asset_key, entry.fact.check_name


def _counts(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [{"key": key, "count": count} for key, count in sorted(Counter(each.asset_key for each in entries).items())]


_NEWEST = select(func.coalesce(func.max(materializations.c.number), 0))
_INSERT = insert(materializations)
_INSERT_NUMBERED = _INSERT.returning(materializations.c.number, sort_by_parameter_order=True)


def _counting(count: Any, latest: Any) -> PerDatabase:
    def build(statement: Any) -> Any:
        newest = _NEWEST.where(materializations.c.asset_key == bindparam("key")).scalar_subquery()
        start: dict[str, Any] = {"asset_key": bindparam("key"), "materialization_count": literal_column("0")}
        upsert = statement.values({**start, count.name: bindparam("count"), latest.name: newest})
        return upsert.on_conflict_do_update(
            index_elements=[assets.c.asset_key],
            set_={count.name: count + upsert.excluded[count.name], latest.name: upsert.excluded[latest.name]},
        )

    return PerDatabase(assets, build)


def _partition(statement: Any) -> Any:
    newest = _NEWEST.where(
        materializations.c.asset_key == bindparam("key"),
        materializations.c.partition_key == bindparam("partition"),
        materializations.c.kind == MATERIALIZED,
    ).scalar_subquery()
    upsert = statement.values(asset_key=bindparam("key"), partition_key=bindparam("partition"), number=newest)
    return upsert.on_conflict_do_update(
        index_elements=[asset_partitions.c.asset_key, asset_partitions.c.partition_key],
        set_={"number": upsert.excluded.number},
    )


def _check(statement: Any) -> Any:
    upsert = statement.values(asset_key=bindparam("key"), check_name=bindparam("check"), number=bindparam("of"))
    return upsert.on_conflict_do_update(
        index_elements=[asset_checks.c.asset_key, asset_checks.c.check_name],
        set_={"number": upsert.excluded.number},
    )


_COUNT_MADE = _counting(assets.c.materialization_count, assets.c.latest_materialization)
_COUNT_SEEN = _counting(assets.c.observation_count, assets.c.latest_observation)
_PARTITION = PerDatabase(asset_partitions, _partition)
_CHECK = PerDatabase(asset_checks, _check)
# Attempts at one partition, or at an asset as a whole, are over once it was made. Ranges stay until their run is over.
_SETTLE = delete(asset_attempts).where(
    asset_attempts.c.asset_key == bindparam("key"),
    asset_attempts.c.first_key == bindparam("partition"),
    asset_attempts.c.last_key == bindparam("partition"),
    or_(asset_attempts.c.failed == 1, asset_attempts.c.run_number == bindparam("of_run")),
)
_RETRY = delete(asset_attempts).where(
    asset_attempts.c.asset_key == bindparam("asset_key"),
    asset_attempts.c.first_key == bindparam("first_key"),
    asset_attempts.c.last_key == bindparam("last_key"),
    asset_attempts.c.failed == 1,
)
_PLAN = insert(asset_attempts).values(
    run_number=bindparam("of_run"),
    run_id=bindparam("id_of_run"),
    after_number=_NEWEST.scalar_subquery(),
    failed=literal_column("0"),
)
_FORGET = delete(asset_attempts).where(asset_attempts.c.run_number == bindparam("of_run"))
_FAIL = update(asset_attempts).where(asset_attempts.c.run_number == bindparam("of_run")).values(failed=1)
