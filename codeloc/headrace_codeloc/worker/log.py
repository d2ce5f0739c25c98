"""What a worker says of itself, apart from what user code writes."""

from __future__ import annotations

import os
import sys


class WorkerLog:
    """Standard error as it is now: steps redirect theirs, and what the worker says must not end up there."""

    def __init__(self) -> None:
        self._fd = os.dup(sys.stderr.fileno())

    def say(self, text: str) -> None:
        """Writes a line."""
        os.write(self._fd, f"{text}\n".encode(errors="replace"))
