"""Lists of runs, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select, tuple_

from headrace_services.storage.store.runs import RECORD, RunRecord, in_states
from headrace_services.storage.store.schema import run_tags, runs


@dataclass(frozen=True)
class RunSelection:
    """Which runs; all that is set must hold.

    Attributes:
        tags: Keys with the value they must have, or None if any will do.
        create_time_from: Made at this time or later.
        create_time_before: Made before this time.
    """

    states: Sequence[int] = ()
    job_name: str = ""
    location_name: str = ""
    root_run_id: str = ""
    tags: Sequence[tuple[str, str | None]] = ()
    create_time_from: int | None = None
    create_time_before: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.states:
            found.append(in_states(*self.states))
        for column in (runs.c.job_name, runs.c.location_name, runs.c.root_run_id):
            if value := getattr(self, column.name):
                found.append(column == value)
        if self.create_time_from is not None:
            found.append(runs.c.create_time >= self.create_time_from)
        if self.create_time_before is not None:
            found.append(runs.c.create_time < self.create_time_before)
        return found + [_has_tag(key, value) for key, value in self.tags]


def newest(
    connection: Connection, selection: RunSelection, before: tuple[int, int] | None, most: int
) -> list[RunRecord]:
    """Reads runs that are older than `before`, a create time and a number."""
    conditions = selection.conditions()
    if before is not None:
        conditions.append(tuple_(runs.c.create_time, runs.c.number) < tuple_(*before))
    order = (runs.c.create_time.desc(), runs.c.number.desc())
    statement = select(*RECORD).where(*conditions).order_by(*order).limit(most)
    return [RunRecord._make(row) for row in connection.execute(statement)]


def _has_tag(key: str, value: str | None) -> ColumnElement[bool]:
    tagged = select(run_tags.c.run_number).where(run_tags.c.key == key)
    return runs.c.number.in_(tagged if value is None else tagged.where(run_tags.c.value == value))
