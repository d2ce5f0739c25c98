"""What runs in this process tell besides their events: on the console, and to the handlers of an instance."""

from __future__ import annotations

import logging

import pytest

import headrace as dg


@dg.op
def greeted(context: dg.OpExecutionContext) -> None:
    context.log.info("hello from the op")
    logging.getLogger("a.library").warning("a library speaks")


@dg.job
def greeting():
    greeted()


def test_the_console_is_told_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    greeting.execute_in_process()
    written = capsys.readouterr().err
    assert "greeted - hello from the op" in written
    assert "STEP_SUCCESS" in written


def test_loggers_of_the_run_config_take_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    greeting.execute_in_process({"loggers": {"console": {"config": {"log_level": "ERROR"}}}})
    assert capsys.readouterr().err == ""


def test_an_instance_says_which_lines_and_where_to(capsys: pytest.CaptureFixture[str]) -> None:
    handlers = {
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "short"}},
        "formatters": {"short": {"format": "said: %(message)s"}},
    }
    logs = {"managed_python_loggers": ["a.library"], "python_log_level": "WARNING", "handler_config": handlers}
    with dg.instance_for_test(overrides={"python_logs": logs}) as instance:
        run = greeting.execute_in_process(instance=instance)
        told = [entry.user_message for entry in instance.all_logs(run.run_id)]
    captured = capsys.readouterr()
    assert "a library speaks" in told
    assert "hello from the op" not in told
    assert captured.out.startswith("said: greeting - ")
    assert "a library speaks" in captured.out
    assert "STEP_SUCCESS" not in captured.err


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"handler_config": {"loggers": {}}}, "handler_config has no 'loggers'; it may have handlers"),
        ({"level": "INFO"}, "python_logs has no 'level'"),
        ({"python_log_level": "LOUD"}, "'LOUD' is no level of logging"),
    ],
)
def test_what_is_no_such_section_is_refused(section: dict[str, object], message: str) -> None:
    with pytest.raises(dg.InvalidConfigError, match=message), dg.instance_for_test({"python_logs": section}):
        pass
