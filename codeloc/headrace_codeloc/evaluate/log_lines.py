"""What schedules and sensors log, as lines of their answer."""

from __future__ import annotations

import logging

MOST_LINES = 200
LONGEST_LINE = 4_096


class LogLines(logging.Handler):
    """Keeps the first lines; when more come, the last line kept says so."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        self.lines: list[str] = []
        self._left_out = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one record."""
        for line in self.format(record).splitlines() or [""]:
            if len(self.lines) < MOST_LINES:
                self.lines.append(line[:LONGEST_LINE])
            else:
                self._left_out += 1
                self.lines[-1] = f"… {self._left_out + 1} more lines"

    def logger(self, name: str) -> logging.Logger:
        """Returns a logger, known to nobody else, that writes here."""
        logger = logging.Logger(name, logging.DEBUG)  # noqa: LOG001 - nobody else is to find it by its name
        logger.addHandler(self)
        return logger
