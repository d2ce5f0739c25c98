"""`TableSlice`: the part of a table that a value is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from headrace.definitions.partitions.time_window import TimeWindow

_MOMENT = "%Y-%m-%d %H:%M:%S"
Partitions = TimeWindow | Sequence[TimeWindow] | Sequence[str]


class TablePartitionDimension(NamedTuple):
    """The rows of some partitions, in one dimension of them.

    Attributes:
        partition_expr: The expression of a row that says which partition it belongs to, most often a column.
        partitions: The partitions: a window of time, several, or the keys.
    """

    partition_expr: str
    partitions: Partitions


class TableSlice(NamedTuple):
    """The part of a table that a value is.

    Attributes:
        table: The table.
        schema: The schema that it is in.
        database: The database that this is in.
        columns: The columns, None for all.
        partition_dimensions: Which rows, None for all.
    """

    table: str
    schema: str
    database: str | None = None
    columns: Sequence[str] | None = None
    partition_dimensions: Sequence[TablePartitionDimension] | None = None

    @property
    def condition(self) -> str:
        """The condition that its rows fulfil, in SQL; empty for all rows."""
        return " AND ".join(map(_condition, self.partition_dimensions or ()))

    @property
    def where(self) -> str:
        """The same as the end of a statement."""
        return f" WHERE {self.condition}" if self.condition else ""


def _condition(dimension: TablePartitionDimension) -> str:
    expression, partitions = dimension
    if isinstance(partitions, TimeWindow):
        return _within(expression, partitions)
    if not partitions:
        return "1 = 0"
    windows = [each for each in partitions if isinstance(each, TimeWindow)]
    if windows:
        return f"({' OR '.join(f'({_within(expression, window)})' for window in windows)})"
    return f"{expression} IN ({', '.join(_literals(partitions))})"


def _within(expression: str, window: TimeWindow) -> str:
    return f"{expression} >= {_moment(window.start)} AND {expression} < {_moment(window.end)}"


def _moment(moment: datetime) -> str:
    # Tables most often have the time of the partition's own time zone, without saying so.
    return f"'{moment.strftime(_MOMENT)}'"


def _literals(keys: Sequence[object]) -> Iterator[str]:
    for key in keys:
        quoted = str(key).replace("'", "''")
        yield f"'{quoted}'"
