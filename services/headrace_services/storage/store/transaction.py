"""What an intent acts in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from headrace_services.storage.store.database import Database
from headrace_services.storage.store.hints import Hints

T = TypeVar("T")


@dataclass(slots=True)
class Transaction:
    """One intent's part of a transaction.

    Attributes:
        connection: Where its statements go.
        now: The database's time when the transaction had its locks.
        database: For what the two databases do differently.
        hints: What it changed, for those who wait for it.
    """

    connection: Connection
    now: int
    database: Database
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class Intent(Generic[T]):
    """Something to do in one transaction.

    Attributes:
        name: For metrics and fault points.
        act: Does it; what it raises undoes it and nothing else.
        locks: What it touches, see `locks`.
        size: Bytes it brings, for the bound of the queue.
    """

    name: str
    act: Callable[[Transaction], T]
    locks: frozenset[int] = frozenset()
    size: int = 0


AnyIntent = Intent[Any]
