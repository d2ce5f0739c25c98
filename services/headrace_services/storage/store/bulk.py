"""Many rows in one statement.

PostgreSQL is given an array for each column. With the values of each row by themselves, every other number of rows would be
another statement, which driver and server take apart anew: that took longer than all the rest of storing a crowd of ticks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    CursorResult,
    Select,
    Table,
    Text,
    bindparam,
    func,
    select,
    tuple_,
)

from headrace_services.storage.store.inserts import PerDatabase

_WITH_ARRAYS = "postgresql"


class ManyRows(PerDatabase):
    """An insert of any number of rows."""

    def __init__(self, table: Table, columns: Sequence[str], build: Callable[[Any], Any]) -> None:
        """Takes the columns that are written, and what makes the statement of a plain insert into the table."""
        super().__init__(table, build)
        self._columns = {name: table.c[name] for name in columns}

    def write(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> CursorResult[Any]:
        """Writes rows, at least one, and returns what the statement does."""
        name = connection.dialect.name
        if name != _WITH_ARRAYS:
            return connection.execute(self[name], rows)
        return connection.execute(self[name], {column: [row[column] for row in rows] for column in self._columns})

    def _insert(self, database_name: str) -> Any:
        insert = super()._insert(database_name)
        if database_name != _WITH_ARRAYS:
            return insert
        return insert.from_select(list(self._columns), _unnested(self._columns))


class Among:
    """A query for the rows that have one of many combinations of values in some columns."""

    def __init__(self, query: Select[Any], **columns: ColumnElement[Any]) -> None:
        """Takes a query of all rows and the columns, under names that are its parameters."""
        self._names = tuple(columns)
        combination = tuple_(*columns.values())
        self._of_arrays = query.where(combination.in_(_unnested(columns)))
        self._of_list = query.where(combination.in_(bindparam("combinations", expanding=True)))

    def read(self, connection: Connection, combinations: Sequence[tuple[Any, ...]]) -> CursorResult[Any]:
        """Reads the rows that have one of these."""
        if connection.dialect.name != _WITH_ARRAYS:
            return connection.execute(self._of_list, {"combinations": combinations})
        arrays = {name: [each[place] for each in combinations] for place, name in enumerate(self._names)}
        return connection.execute(self._of_arrays, arrays)


def _unnested(columns: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
    return select(*(func.unnest(bindparam(name, type_=ARRAY(_plain(column)))) for name, column in columns.items()))


def _plain(column: ColumnElement[Any]) -> Any:
    # A collation is no part of an array's type.
    return Text() if isinstance(column.type, Text) else column.type
