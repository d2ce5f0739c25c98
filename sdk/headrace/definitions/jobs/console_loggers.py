"""Loggers that write to the standard error stream: coloured text, or a JSON object a line."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from headrace.config.fields import Field
from headrace.config.types import String
from headrace.definitions.jobs.logger import InitLoggerContext, LoggerDefinition
from headrace.errors import InvalidConfigError

_COLORS = {logging.DEBUG: "34", logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "31;1"}
_FORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
_DATE_FORMAT = "%Y-%m-%d %H:%M:%S %z"


class JsonLogFormatter(logging.Formatter):
    """Writes a record as one line of JSON, with everything that is known about it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        fields = {name: value for name, value in vars(record).items() if name != "exc_info"}
        return json.dumps(fields, sort_keys=True, default=str)


class ColoredFormatter(logging.Formatter):
    """Writes a record as a line of text, with the level in colour."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = super().format(record)
        color = _COLORS.get(record.levelno)
        return line if color is None else line.replace(record.levelname, f"\x1b[{color}m{record.levelname}\x1b[0m", 1)


def level_of(level: str | int) -> int:
    """A level of logging from its name, in any case, or its number."""
    if isinstance(level, int):
        return level
    known: Mapping[str, int] = logging.getLevelNamesMapping() if hasattr(logging, "getLevelNamesMapping") else _LEVELS
    if level.upper() not in known:
        raise InvalidConfigError(f"{level!r} is no log level; use one of {', '.join(sorted(_LEVELS))}.")
    return known[level.upper()]


def default_loggers() -> Mapping[str, LoggerDefinition]:
    """The loggers of a job that has none of its own."""
    return {"console": colored_console_logger}


def default_system_loggers(instance: Any = None) -> Sequence[tuple[LoggerDefinition, Mapping[str, object]]]:
    """The loggers of a run whose run config names none, with their config.

    Args:
        instance: Says from which level on, in its `python_logs`.
    """
    level = instance.python_logs.level if instance is not None else ""
    return [(colored_console_logger, {"name": "headrace", "log_level": level or "DEBUG"})]


def _console(context: InitLoggerContext, formatter: logging.Formatter) -> logging.Logger:
    config = context.logger_config or {}
    logger = logging.Logger(config.get("name", "headrace"), level_of(config.get("log_level", "INFO")))  # noqa: LOG001 (nobody shall find it by its name)
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    return logger


def _colored(context: InitLoggerContext) -> logging.Logger:
    return _console(context, ColoredFormatter(_FORMAT, _DATE_FORMAT))


def _json(context: InitLoggerContext) -> logging.Logger:
    return _console(context, JsonLogFormatter())


_LEVELS = {"CRITICAL": 50, "ERROR": 40, "WARNING": 30, "WARN": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0}
_SCHEMA = {
    "log_level": Field(String, default_value="INFO", description="The least level that is written."),
    "name": Field(String, default_value="headrace", description="The logger's name, which each line begins with."),
}

colored_console_logger = LoggerDefinition(_colored, _SCHEMA, "The default colored console logger.")
json_console_logger = LoggerDefinition(_json, _SCHEMA, "A JSON-formatted console logger.")
