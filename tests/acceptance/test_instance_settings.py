"""What the instance file and a job's own configuration say reaches the code that runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from headrace.client import Client
from headrace.client.events import RunEvent
from rig import dev
from rig.dev import DevInstance
from rig.processes import Supervisor

INSTANCE = """\
python_logs: {managed_python_loggers: [chatty], python_log_level: INFO}
"""
CODE = """
import logging
import headrace as dg

chatty = logging.getLogger("chatty.part")

@dg.op(config_schema={"greeting": str})
def greet(context):
    chatty.debug("too quiet")
    chatty.info("from a library")
    logging.getLogger("other").warning("of nobody's concern")
    context.log.debug("also too quiet")
    context.log.info(context.op_config["greeting"])

@dg.job(config={"ops": {"greet": {"config": {"greeting": "as the job says"}}}})
def multiprocess():
    greet()

@dg.job(config={"ops": {"greet": {"config": {"greeting": "as the job says"}}}}, executor_def=dg.in_process_executor)
def in_process():
    greet()
"""


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    directory = tmp_path_factory.mktemp("settings")
    home = directory / "home"
    home.mkdir()
    (home / "headrace.yaml").write_text(INSTANCE)
    (directory / "code.py").write_text(CODE)
    supervisor = Supervisor(directory)
    try:
        yield dev.start(supervisor, home, "-f", directory / "code.py")
    finally:
        supervisor.close()


def said(client: Client, run_id: str) -> list[str]:
    events: Iterator[RunEvent] = client.events(run_id, kinds=["log_recorded"])
    return [event.detail["message"] for event in events]


@pytest.mark.parametrize("job_name", ["multiprocess", "in_process"])
def test_lines_of_the_loggers_that_the_instance_names_are_events_from_its_level_on(
    instance: DevInstance, job_name: str
) -> None:
    with instance.client() as client:
        run = client.wait(client.submit_job(job_name).run_id, timeout=30)
        assert said(client, run.run_id) == ["from a library", "as the job says"]


def test_a_run_without_configuration_takes_its_job_s_and_another_one_its_own(instance: DevInstance) -> None:
    own = {"ops": {"greet": {"config": {"greeting": "as the run says"}}}}
    with instance.client() as client:
        taken, given = client.submit_job("in_process"), client.submit_job("in_process", run_config=own)
        assert said(client, client.wait(taken.run_id, timeout=30).run_id)[-1] == "as the job says"
        assert said(client, client.wait(given.run_id, timeout=30).run_id)[-1] == "as the run says"


def test_a_job_s_configuration_is_shown_to_begin_with(instance: DevInstance, tmp_path: Path) -> None:
    shown = instance.cli("job", "show", "in_process", "--config")
    preset = {"ops": {"greet": {"config": {"greeting": "as the job says"}}}}
    assert (shown.code, yaml.safe_load(shown.out)) == (0, preset)
    changed = tmp_path / "config.yaml"
    changed.write_text(shown.out.replace("as the job says", "changed"))
    launched = instance.cli("job", "launch", "in_process", "--config", changed, "--json")
    assert launched.code == 0, launched.err
    answer = instance.cli("job", "show", "in_process")
    assert "Executor" in answer.out and "greeting: as the job says" in answer.out
    assert json.loads(instance.cli("job", "show", "in_process", "--json").out)["run_config"] == preset
    assert instance.cli("job", "show", "nowhere").code == 3
