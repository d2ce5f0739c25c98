"""Log lines: an event's name and its facts, for people or for machines."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, Literal, TextIO

from headrace.rpc.scope import current_scope

LogFormat = Literal["human", "json"]

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Their info lines tell what ours tell already.
_QUIET = ("uvicorn", "uvicorn.error", "asyncio")


def configure_logging(style: LogFormat = "human", level: str = "INFO", stream: TextIO | None = None) -> None:
    """Sends every log line of this process to one stream, standard error by default."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else HumanFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Returns what a line says beside its message, with the id of the call being served."""
    facts = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    scope = current_scope()
    if scope is not None:
        facts.setdefault("request_id", scope.request_id)
    return facts


class HumanFormatter(logging.Formatter):
    """One line to read: time, level, where, what, and the facts as name=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s  %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Returns the line, without the stack trace that may follow it."""
        facts = "".join(f"  {name}={_plain(value)}" for name, value in facts_of(record).items())
        return super().formatMessage(record) + facts


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line."""
        line: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **facts_of(record),
        }
        if record.exc_info:
            line["stack_trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def _plain(value: Any) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or any(char in text for char in ' "=\n') else text
