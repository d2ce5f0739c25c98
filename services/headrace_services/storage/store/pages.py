"""Pages: bounded by how many rows they have and by how many bytes, whichever comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Row = TypeVar("Row")

# Far below what callers take in one message.
_MOST_BYTES = 1024 * 1024
# Rows can be large: a page's worth of them must not be loaded to find that a few fill it.
_AT_ONCE = 100


def page(
    fetch: Callable[[Row | None, int], list[Row]], most: int, weight: Callable[[Row], int]
) -> tuple[list[Row], bool]:
    """Returns the rows of a page and whether there are more.

    Args:
        fetch: Reads at most so many rows, beginning after a row, or at the beginning if that is None.
        most: How many rows a page has at most.
        weight: How many bytes a row has.
    """
    found: list[Row] = []
    size = 0
    while True:
        count = min(_AT_ONCE, most + 1 - len(found))
        rows = fetch(found[-1] if found else None, count)
        for row in rows:
            size += weight(row)
            if len(found) == most or (found and size > _MOST_BYTES):
                return found, True
            found.append(row)
        if len(rows) < count:
            return found, False
