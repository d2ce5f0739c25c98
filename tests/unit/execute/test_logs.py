"""Log records become events of the step, wherever they are logged."""

from __future__ import annotations

import logging

from headrace.execute.events.event import LogRecorded
from headrace.execute.events.logs import CAPTURED_LOGGER, EventHandler, captured_loggers, get_logger, step_logger


def test_a_record_becomes_an_event_with_its_failure() -> None:
    seen: list[LogRecorded] = []
    log = step_logger(EventHandler(seen.append))
    log.info("hello %s", "you")
    try:
        raise ValueError("bad")
    except ValueError:
        log.exception("it broke")
    assert (seen[0].level, seen[0].message) == (logging.INFO, "hello you")
    assert seen[1].failure is not None
    assert seen[1].failure.type == "ValueError"


def test_loggers_are_captured_for_as_long_as_asked() -> None:
    seen: list[LogRecorded] = []
    handler = EventHandler(seen.append)
    logger = get_logger("mine")
    with captured_loggers([CAPTURED_LOGGER], handler):
        logger.debug("inside")
    logger.debug("outside")
    assert [event.message for event in seen] == ["inside"]
    assert seen[0].logger == f"{CAPTURED_LOGGER}.mine"


def test_managed_loggers_log_from_the_level_on_and_each_line_is_one_event() -> None:
    seen: list[LogRecorded] = []
    handler, library = EventHandler(seen.append, "INFO"), logging.getLogger("library.part")
    before = logging.getLogger().level
    with captured_loggers([CAPTURED_LOGGER], handler, ["root", "library"]):
        library.debug("too quiet")
        library.info("from the library")
        get_logger("mine").info("mine")
    library.error("outside")
    assert [event.message for event in seen] == ["from the library", "mine"]
    assert logging.getLogger().level == before
