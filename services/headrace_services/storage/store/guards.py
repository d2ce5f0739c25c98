"""The only place where the number of rows that a statement touched is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import CursorResult, Row


def expect_one(result: CursorResult[Any], refusal: Callable[[], Exception]) -> Row[Any]:
    """Returns the one row that a guarded statement changed and returned.

    Raises:
        Exception: `refusal()`, when the guard did not hold.
    """
    rows = result.all()
    if len(rows) != 1:
        raise refusal()
    return rows[0]


def changed(result: CursorResult[Any]) -> int:
    """Returns how many rows a statement changed, where any number will do."""
    return max(result.rowcount, 0)
