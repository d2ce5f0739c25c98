"""The files that workers write to outside of steps."""

from __future__ import annotations

import os
from pathlib import Path

DETAIL_BYTES = 4096
MOST_KEPT = 1_000


def last_words(path: Path) -> str:
    """Returns the last lines of a worker's log; the log of one that had nothing to say is removed."""
    try:
        with path.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(0, size - DETAIL_BYTES))
            tail = log.read(DETAIL_BYTES)
        if not size:
            path.unlink()
    except OSError:
        return ""
    # The cut may fall into a character.
    return tail.decode(errors="ignore").strip()


def prune(directory: Path, most: int = MOST_KEPT) -> None:
    """Removes the oldest logs beyond the number to keep."""
    try:
        logs = sorted(directory.glob("*.log"), key=lambda path: path.stat().st_mtime)
    except OSError:
        return  # another front is pruning the same directory
    for path in logs[: max(0, len(logs) - most)]:
        path.unlink(missing_ok=True)
