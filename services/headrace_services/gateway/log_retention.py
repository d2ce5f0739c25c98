"""Forgetting what steps wrote long ago, where that is kept in files that this machine sees."""

from __future__ import annotations

import asyncio
import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 3600.0


class LogRetention:
    """Removes the files of runs of which nothing was written for so many days; any number of replicas may."""

    def __init__(self, directory: Path, days: int) -> None:
        self._directory = directory
        self._kept = timedelta(days=days)

    async def tick(self, now: datetime) -> float | None:
        """Removes what is older now."""
        removed = await asyncio.to_thread(self._remove, (now - self._kept).timestamp())
        if removed:
            logger.info("output of steps was removed", extra={"runs": removed})
        return None

    def _remove(self, before: float) -> int:
        removed = 0
        for folder in _folders(self._directory):
            if _last_written(folder) < before:
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
