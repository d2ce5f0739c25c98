"""Which log lines of user code become events of runs, and where those of runs in this process go besides."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headrace.errors import InvalidConfigError

_KEYS = ("managed_python_loggers", "python_log_level", "dagster_handler_config", "handler_config")
_SECTIONS = ("handlers", "formatters", "filters")


@dataclass(frozen=True)
class PythonLogs:
    """The `python_logs` section of an instance file.

    Attributes:
        managed_loggers: The loggers whose lines become events, too.
        level: From which level on; all lines when empty.
        handler_config: Handlers, formatters and filters, as `logging.config.dictConfig` takes them.
    """

    managed_loggers: Sequence[str] = ()
    level: str = ""
    handler_config: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, section: Mapping[str, Any] | None) -> PythonLogs:
        """Reads the section.

        Raises:
            InvalidConfigError: there is something in it that does not belong there.
        """
        given = dict(section or {})
        _refuse_others(given, _KEYS, "python_logs")
        handlers = given.get("handler_config") or given.get("dagster_handler_config") or {}
        _refuse_others(handlers, _SECTIONS, "python_logs.handler_config")
        level = str(given.get("python_log_level") or "").upper()
        if level and not isinstance(logging.getLevelName(level), int):
            raise InvalidConfigError(f"python_logs.python_log_level: {level!r} is no level of logging.")
        return cls(tuple(given.get("managed_python_loggers") or ()), level, handlers)

    def loggers(self) -> Sequence[logging.Logger]:
        """Loggers that nobody finds by name and that have the handlers."""
        handlers = self._handlers()
        if not handlers:
            return []
        logger = logging.Logger("headrace", self.level or logging.DEBUG)  # noqa: LOG001 (nobody shall find it by its name)
        for handler in handlers:
            logger.addHandler(handler)
        return [logger]

    def _handlers(self) -> Sequence[logging.Handler]:
        made = logging.config.DictConfigurator({"version": 1, **self.handler_config})
        config: Any = made.config
        formatters = config.setdefault("formatters", {})
        for name in formatters:
            formatters[name] = made.configure_formatter(formatters[name])
        filters = config.setdefault("filters", {})
        for name in filters:
            filters[name] = made.configure_filter(filters[name])
        handlers = config.get("handlers", {})
        # By name, one by one: only then are references such as `ext://sys.stdout` followed.
        return [made.configure_handler(handlers[name]) for name in handlers]


def _refuse_others(given: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    others = sorted(given.keys() - set(known))
    if others:
        raise InvalidConfigError(f"{where} has no {', '.join(map(repr, others))}; it may have {', '.join(known)}.")
