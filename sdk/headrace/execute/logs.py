"""`context.log` and the loggers whose records become events of the step that is running."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from headrace.execute.events import LogRecorded
from headrace.execute.failures import failure_info

CAPTURED_LOGGER = "headrace.builtin"
"""The parent of the loggers that `get_logger` hands out; always captured."""


def get_logger(name: str | None = None) -> logging.Logger:
    """A logger for code outside of ops and assets: what it logs during a step becomes part of the run's events.

    Args:
        name: Sets the logger apart from others.
    """
    root = logging.getLogger(CAPTURED_LOGGER)
    if root.level == logging.NOTSET:
        root.setLevel(logging.DEBUG)
    return root.getChild(name) if name else root


class EventHandler(logging.Handler):
    """Turns log records into events."""

    def __init__(self, emit: Callable[[LogRecorded], None]) -> None:
        super().__init__()
        self._emit = emit

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record."""
        try:
            error = record.exc_info[1] if record.exc_info else None
            failure = failure_info(error) if error is not None else None
            self._emit(LogRecorded(record.levelno, record.getMessage(), record.name, failure))
        except Exception:
            self.handleError(record)


class LogManager(logging.Logger):
    """What `context.log` is: a logger whose records become events of the run."""


def step_logger(handler: logging.Handler, name: str = "headrace") -> logging.Logger:
    """A logger of its own, known to nobody else, whose records all go to `handler`."""
    logger = LogManager(name, logging.DEBUG)
    logger.addHandler(handler)
    return logger


@contextmanager
def captured_loggers(names: Iterable[str], handler: logging.Handler) -> Iterator[None]:
    """Send what the named loggers and their descendants record to `handler` as well, until the context ends."""
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
