"""Loggers get what steps log and what happens to the run, if the run config names them."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

import headrace as dg
from headrace.errors import InvalidConfigError, InvalidInvocationError


class Kept(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@dg.op
def talk(context: dg.OpExecutionContext) -> None:
    context.log.info("hello")
    context.log.debug("psst")


def keeping(records: list[logging.LogRecord]) -> dg.LoggerDefinition:
    @dg.logger({"level": dg.Field(int, default_value=logging.DEBUG)})
    def keep(context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("kept", context.logger_config["level"])  # noqa: LOG001
        logger.addHandler(Kept(records))
        return logger

    return keep


def test_loggers_that_the_run_config_names_are_told_what_happens() -> None:
    records: list[logging.LogRecord] = []

    @dg.job(logger_defs={"kept": keeping(records)})
    def talking() -> None:
        talk()

    talking.execute_in_process()
    assert records == []
    result = talking.execute_in_process({"loggers": {"kept": {}}})
    messages = [record.getMessage() for record in records]
    assert f"talking - {result.run_id} - talk - hello" in messages
    assert any("talk - STEP_SUCCESS - Finished execution" in message for message in messages)
    assert {record.dagster_meta["step_key"] for record in records} >= {"talk"}  # type: ignore[attr-defined]

    records.clear()
    talking.execute_in_process({"loggers": {"kept": {"config": {"level": logging.INFO}}}})
    assert [record.levelname for record in records] == ["INFO"]
    with pytest.raises(InvalidConfigError, match="root:loggers:kept:config:level"):
        talking.execute_in_process({"loggers": {"kept": {"config": {"level": "loud"}}}})


def test_the_console_gets_lines_of_text_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    @dg.job(logger_defs={"json": dg.json_console_logger})
    def talking() -> None:
        talk()

    talking.execute_in_process({"loggers": {"json": {"config": {"log_level": "INFO", "name": "mine"}}}})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["name"], line["dagster_meta"]["orig_message"]) for line in lines] == [("mine", "hello")]

    talking.execute_in_process({"loggers": {"console": {"config": {"log_level": "DEBUG"}}}})
    assert "STEP_START" in capsys.readouterr().err


def test_a_logger_is_called_directly() -> None:
    keep = keeping([])
    assert keep(dg.build_init_logger_context(logger_config={"level": 30})).level == 30
    assert keep(None).level == logging.DEBUG
    assert keep.configured({"level": 40})(dg.build_init_logger_context()).level == 40

    for arguments, message in [
        ((), "no context argument was provided"),
        ((None, None), "received multiple arguments"),
    ]:
        with pytest.raises(InvalidInvocationError, match=message):
            keep(*arguments)
    with pytest.raises(InvalidInvocationError, match="expected argument 'context'"):
        keep(other=None)
    with pytest.raises(InvalidConfigError, match="Error in config for logger"):
        keep(dg.build_init_logger_context(logger_config={"level": "loud"}))


def test_context_log_is_a_log_manager() -> None:
    seen: list[Any] = []

    @dg.op
    def look(context: dg.OpExecutionContext) -> None:
        seen.append(context.log)

    @dg.job
    def looking() -> None:
        look()

    looking.execute_in_process()
    assert isinstance(seen[0], dg.LogManager)
    assert set(dg.default_loggers()) == {"console"}
