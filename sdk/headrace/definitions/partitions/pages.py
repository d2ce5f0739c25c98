"""Long lists of keys, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PaginatedResults(Generic[T]):
    """A page.

    Attributes:
        results: What is on it.
        cursor: Asks for the page after it.
        has_more: Whether there is one.
    """

    results: Sequence[T]
    cursor: str
    has_more: bool


def page_of(keys: Sequence[str], limit: int, cursor: str | None, *, ascending: bool) -> PaginatedResults[str]:
    """A page of keys; the cursor is the last key of the page before."""
    ordered = keys if ascending else keys[::-1]
    start = ordered.index(cursor) + 1 if cursor in ordered else 0
    page = ordered[start : start + limit]
    return PaginatedResults(page, page[-1] if page else cursor or "", start + limit < len(ordered))
