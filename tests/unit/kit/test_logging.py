"""Log lines name an event and its facts, for people or for machines."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from headrace.rpc import scope
from headrace.rpc.scope import Caller, CallScope
from headrace_services.kit.logging import LogFormat, configure_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], root.level = handlers, level


def logged(stream: io.StringIO, style: LogFormat) -> str:
    configure_logging(style, "INFO", stream)
    logger = logging.getLogger("headrace_services.coordinator.queue")
    logger.info("run admitted", extra={"run_id": "7", "job": "two words"})
    logger.debug("not seen")
    return stream.getvalue()


def test_people_read_one_line_with_the_facts(stream: io.StringIO) -> None:
    line = logged(stream, "human")
    assert line.endswith('INFO    headrace_services.coordinator.queue  run admitted  run_id=7  job="two words"\n')


def test_machines_read_one_object(stream: io.StringIO) -> None:
    line = json.loads(logged(stream, "json"))
    assert line.pop("time")
    assert line == {
        "level": "info",
        "logger": "headrace_services.coordinator.queue",
        "event": "run admitted",
        "run_id": "7",
        "job": "two words",
    }


def test_an_error_has_its_stack_trace(stream: io.StringIO) -> None:
    configure_logging("json", "INFO", stream)
    try:
        raise ValueError("of no use")
    except ValueError:
        logging.getLogger("a").exception("it failed")
    line = json.loads(stream.getvalue())
    assert "ValueError: of no use" in line["stack_trace"]


def test_lines_of_a_call_carry_its_id(stream: io.StringIO) -> None:
    configure_logging("json", "INFO", stream)
    token = scope.enter(CallScope("/a.B/C", "abc", None, "", Caller()))
    logging.getLogger("a").info("within")
    scope.leave(token)
    logging.getLogger("a").info("outside")
    within, outside = (json.loads(line) for line in stream.getvalue().splitlines())
    assert within["request_id"] == "abc"
    assert "request_id" not in outside
