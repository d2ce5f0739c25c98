"""Forgetting what steps wrote long ago, in files that this machine sees or wherever else it is kept."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 3600.0

Forget = Callable[[datetime], int]


class LogRetention:
    """Removes what was written more than so many days ago; any number of replicas may.

    Args:
        forget: Removes what is older than a moment, and returns how much that was.
        days: How long it is kept.
    """

    def __init__(self, forget: Forget, days: int) -> None:
        self._forget = forget
        self._kept = timedelta(days=days)

    async def tick(self, now: datetime) -> float | None:
        """Removes what is older now."""
        removed = await asyncio.to_thread(self._forget, now - self._kept)
        if removed:
            logger.info("output of steps was removed", extra={"removed": removed})
        return None


def forget_folders(directory: Path, before: datetime) -> int:
    """Removes the folders of runs of which nothing was written since that moment, and returns how many."""
    removed = 0
    for folder in _folders(directory):
        if _last_written(folder) < before.timestamp():
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _folders(directory: Path) -> list[Path]:
    try:
        return [entry for entry in directory.iterdir() if entry.is_dir() and not entry.is_symlink()]
    except FileNotFoundError:
        return []


def _last_written(folder: Path) -> float:
    times = [folder.stat().st_mtime]
    for file in folder.iterdir():
        try:
            times.append(file.stat().st_mtime)
        except FileNotFoundError:
            continue
    return max(times)
