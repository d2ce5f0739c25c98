"""What the database holds, read past every service: the truth that promises are checked against."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import blake2b
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.instigator_pb2 import Tick, TickResult
from headrace.api.types.v1.run_pb2 import Run, RunState

_EPOCH = datetime.fromtimestamp(0, timezone.utc)
_RUNS = """
    SELECT run_id, state, attempt, last_sequence, create_time, finish_time, worker, spec
    FROM runs JOIN run_specs ON run_specs.run_number = runs.number ORDER BY number
"""
_EVENTS = """
    SELECT run_id, sequence, xid, id, payload
    FROM events JOIN runs ON runs.number = events.run_number ORDER BY xid, id
"""
_TICKS = "SELECT payload FROM ticks ORDER BY due_time, number"
_CURSORS = "SELECT name, cursor FROM instigators"
_KEYS = "SELECT name, run_key, run_id FROM run_keys JOIN instigators ON instigators.number = instigator_number"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it is stored; times in microseconds since 1970."""

    run_id: str
    state: str
    attempt: int = 1
    last_sequence: int = 0
    create_time: int = 0
    finish_time: int | None = None
    worker: str = ""
    job_name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    # Of runs that a tick made.
    instigator: str = ""
    run_key: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event, as far as promises look at it.

    Attributes:
        position: Its place in the feed of all events.
        time: In microseconds since 1970.
        state: Of a change of the run's state: what it is now.
        before: Of such a change: what it was.
        run_attempt: Of such a change: the run's attempt.
        text: Of a line that user code logged: the line.
        digest: Of all that it says but its sequence.
    """

    run_id: str
    sequence: int
    kind: str
    position: tuple[int, int] = (0, 0)
    time: int = 0
    step_key: str = ""
    state: str = ""
    before: str = ""
    run_attempt: int = 0
    text: str = ""
    digest: str = ""

    @classmethod
    def of(cls, event: Event, position: tuple[int, int] = (0, 0)) -> Fact:
        """Returns what an event says."""
        changed, said = event.run_state_changed, Event()
        said.CopyFrom(event)
        said.sequence = 0
        kind = event.WhichOneof("detail") or ""
        is_change = kind == "run_state_changed"
        return cls(
            run_id=event.run_id,
            sequence=event.sequence,
            kind=kind,
            position=position,
            time=event.event_time.ToMicroseconds(),
            step_key=event.step_key,
            state=state_name(changed.state) if is_change else "",
            before=state_name(changed.previous_state) if is_change else "",
            run_attempt=changed.run_attempt,
            text=event.log_recorded.message,
            digest=blake2b(said.SerializeToString(deterministic=True), digest_size=8).hexdigest(),
        )


@dataclass(frozen=True, slots=True)
class StoredTick:
    """A tick as it is stored."""

    name: str
    due_time: datetime
    result: str
    run_ids: tuple[str, ...] = ()
    repeated_run_keys: tuple[str, ...] = ()
    cursor: str = ""
    lateness: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Survey:
    """All of it, at one moment.

    Attributes:
        facts: Events, in the order of the feed.
        cursors: Of each schedule and sensor.
        run_keys: Run ids by sensor and key.
    """

    runs: Sequence[StoredRun] = ()
    facts: Sequence[Fact] = ()
    ticks: Sequence[StoredTick] = ()
    cursors: Mapping[str, str] = field(default_factory=dict)
    run_keys: Mapping[tuple[str, str], str] = field(default_factory=dict)


def survey(database_url: str) -> Survey:
    """Reads everything in one transaction."""
    with psycopg.connect(database_url, row_factory=namedtuple_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return _survey({name: connection.execute(query).fetchall() for name, query in _QUERIES.items()})


def survey_file(database: Path) -> Survey:
    """Reads everything of a database that is a file, which nobody has open."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = _named
        return _survey({name: connection.execute(query).fetchall() for name, query in _QUERIES.items()})


def _named(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> SimpleNamespace:
    return SimpleNamespace(**{column[0]: value for column, value in zip(cursor.description, row, strict=True)})


def _survey(rows: Mapping[str, Sequence[Any]]) -> Survey:
    return Survey(
        runs=[_run(row) for row in rows["runs"]],
        facts=[_fact(row) for row in rows["events"]],
        ticks=[_tick(Tick.FromString(row.payload)) for row in rows["ticks"]],
        cursors={row.name: row.cursor for row in rows["cursors"]},
        run_keys={(row.name, row.run_key): row.run_id for row in rows["run_keys"]},
    )


_QUERIES = {"runs": _RUNS, "events": _EVENTS, "ticks": _TICKS, "cursors": _CURSORS, "run_keys": _KEYS}


def state_name(number: int) -> str:
    """Returns a state's name as people write it; empty for none."""
    return RunState.Name(number).removeprefix("RUN_STATE_").lower() if number else ""  # type: ignore[arg-type]


def _run(row: Any) -> StoredRun:
    spec = Run.FromString(row.spec)
    source = spec.origin.WhichOneof("source")
    return StoredRun(
        run_id=row.run_id,
        state=state_name(row.state),
        attempt=row.attempt,
        last_sequence=row.last_sequence,
        create_time=row.create_time,
        finish_time=row.finish_time,
        worker=row.worker,
        job_name=spec.job_name,
        tags={tag.key: tag.value for tag in spec.tags},
        instigator=str(getattr(spec.origin, source)) if source else "",
        run_key=spec.origin.run_key,
    )


def _fact(row: Any) -> Fact:
    event = Event.FromString(row.payload)
    event.sequence = row.sequence
    return Fact.of(event, (row.xid, row.id))


def _tick(tick: Tick) -> StoredTick:
    due_time = tick.due_time.ToDatetime(tzinfo=timezone.utc)
    return StoredTick(
        name=tick.ref.name,
        due_time=due_time,
        result=TickResult.Name(tick.result).removeprefix("TICK_RESULT_").lower(),
        run_ids=tuple(tick.run_ids),
        repeated_run_keys=tuple(tick.repeated_run_keys),
        cursor=tick.cursor,
        lateness=tick.finish_time.ToDatetime(tzinfo=timezone.utc) - due_time,
    )
