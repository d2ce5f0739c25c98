"""What the front writes to standard error: one line per event, with its details."""

from __future__ import annotations

import logging
import sys

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _Line(logging.Formatter):
    """Adds what was given as `extra`."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        details = [f"{name}={value!r}" for name, value in vars(record).items() if name not in _KNOWN]
        return " ".join((super().format(record), *details))


def log_to_stderr() -> None:
    """Begins to write; called after the nursery was forked, for the user's code sets up logging of its own."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
