"""`context.log` and the loggers whose records become events of the step that is running."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from headrace.execute.events.event import LogRecorded
from headrace.execute.events.failures import failure_info

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

    def __init__(self, emit: Callable[[LogRecorded], None], level: str = "") -> None:
        super().__init__(level or logging.NOTSET)
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
def captured_loggers(names: Iterable[str], handler: logging.Handler, managed: Iterable[str] = ()) -> Iterator[None]:
    """Send what the named loggers and their descendants record to `handler` as well, until the context ends.

    Those that are `managed` are set to the handler's level, if it has one: what they have is for where they log by themselves.
    """
    levels = {logger: logger.level for logger in map(logging.getLogger, managed)}
    loggers = _outermost({*map(logging.getLogger, names), *levels})
    for logger in loggers:
        logger.addHandler(handler)
    for logger in levels if handler.level else ():
        logger.setLevel(handler.level)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
        for logger, level in levels.items():
            logger.setLevel(level)


def _outermost(loggers: set[logging.Logger]) -> list[logging.Logger]:
    """Leaves those out whose records reach another of them anyway: a line is one event."""
    return [each for each in loggers if not any(_reaches(each, other) for other in loggers - {each})]


def _reaches(logger: logging.Logger, other: logging.Logger) -> bool:
    while logger.propagate and logger.parent is not None:
        logger = logger.parent
        if logger is other:
            return True
    return False
