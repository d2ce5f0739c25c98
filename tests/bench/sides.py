"""Measuring two things on one machine that others use too: turn by turn, so that noise meets both alike."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from headrace.clock import Clock
from headrace.ids import RandomIds
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.opening import open_postgres, open_sqlite
from rig import run_directory
from rig.postgres import DURABLE, start_server

OpenDatabase = Callable[[Clock], Database]
NewDatabase = Callable[[], OpenDatabase]


async def in_turn(sides: Mapping[str, Callable[[], Awaitable[float]]], rounds: int) -> dict[str, float]:
    """Returns what each side takes, in milliseconds: a tenth of the way up, when nothing else is going on."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            seconds[name].append(await side())
    return {name: typical(each) for name, each in seconds.items()}


def typical(seconds: Sequence[float]) -> float:
    """Returns milliseconds, a tenth of the way up."""
    return sorted(seconds)[len(seconds) // 10] * 1e3


def on_both_databases(
    measure: Callable[[NewDatabase], Awaitable[dict[str, float]]], first: str, limits: Mapping[str, float]
) -> None:
    """Measures on SQLite and on PostgreSQL with its durable settings, and ends the process; 1 if a ratio is too large.

    Args:
        measure: Returns milliseconds by side, given what makes new databases.
        first: The side that the others are compared with.
        limits: How many times as long the others may take.
    """
    missed = False
    run_directory.begin()
    server = start_server(run_directory.run_directory(), DURABLE)
    with TemporaryDirectory() as directory:
        databases: dict[str, NewDatabase] = {
            "SQLite": lambda: _sqlite(Path(directory)),
            "PostgreSQL": lambda: _postgres(server.create_database()),
        }
        for name, new_database in databases.items():
            found = asyncio.run(_measured(measure, new_database))
            base = found[first]
            print(f"{name}: " + ", ".join(f"{what} {each:.2f} ms ({each / base:.2f})" for what, each in found.items()))
            missed |= any(found[what] / base > limit for what, limit in limits.items())
    sys.exit(missed)


async def _measured(
    measure: Callable[[NewDatabase], Awaitable[dict[str, float]]], new_database: NewDatabase
) -> dict[str, float]:
    return await measure(new_database)


def _sqlite(directory: Path) -> OpenDatabase:
    path = directory / RandomIds().uuid7() / "headrace.db"
    return lambda clock: open_sqlite(path, clock, RandomIds())


def _postgres(url: str) -> OpenDatabase:
    return lambda clock: open_postgres(url, RandomIds())
