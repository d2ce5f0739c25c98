"""What commands write: tables for people, JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

# A table that goes into a file or a pipe has no terminal to fit.
_WIDTH_WITHOUT_TERMINAL = 200
_STYLES = {
    "succeeded": "green",
    "loaded": "green",
    "failed": "red",
    "unreachable": "red",
    "canceled": "yellow",
    "canceling": "yellow",
    "skipped": "dim",
    "stopped": "dim",
    "running": "cyan",
    "starting": "cyan",
    "loading": "cyan",
}


@cache
def console() -> Console:
    """Returns the console on standard output."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL
    # Names and messages are not ours: brackets and colons in them are no markup.
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def write_json(value: Any) -> None:
    """Writes one JSON document on one line, complete when it is there: readers may follow a stream of them."""
    print(json.dumps(plain_value(value), ensure_ascii=False), flush=True)


def plain_value(value: Any) -> Any:
    """Returns what JSON can say of a value: dataclasses as objects, moments in ISO 8601, durations in seconds."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_value(item) for item in value]
    return value


def write_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Writes a table; `empty` where there are no rows. The column `State` is colored by what it says."""
    rows = list(rows)
    if not rows:
        console().print(empty, style="dim")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, no_wrap=heading != "Description", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell), style=style_of(str(cell))) for cell in row))
    console().print(table)


def write_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Writes names and values, one pair per line; pairs without a value are left out."""
    from rich.text import Text

    shown = [(name, str(value)) for name, value in fields if value not in (None, "", (), {})]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        line = Text(f"{name:<{width}}  ", style="bold")
        line.append(value, style=f"not bold {style_of(value)}".strip())
        console().print(line)


def style_of(word: str) -> str:
    """Returns the style of a state; plain for everything else."""
    return _STYLES.get(word, "")


def moment(value: datetime | None) -> str:
    """Returns a moment in local time, empty if there is none."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M:%S") if value else ""
