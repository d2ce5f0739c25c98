"""Steps as Celery tasks, of runs that are processes of their location."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from headrace.client import Client, Run
from rig import launched
from rig.broker import start_broker, start_celery_worker
from rig.launched import Launched
from rig.length import at_length
from rig.processes import Supervisor
from rig.waiting import wait_until


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    supervisor = Supervisor(tmp_path_factory.mktemp("celery"))
    try:
        broker = start_broker(supervisor)
        start_celery_worker(supervisor, broker, "-c", "3")
        env = {"HEADRACE_CELERY_BROKER_URL": broker}
        executor = "headrace.integrations.celery:celery_executor"
        settings = {"python_logs": {"managed_python_loggers": ["answers"], "python_log_level": "INFO"}}
        directory = tmp_path_factory.mktemp("deployment")
        with launched.deployed(directory, settings, env=env, executor=executor) as made:
            yield made
    finally:
        supervisor.close()


@pytest.fixture
def client(deployment: Launched) -> Iterator[Client]:
    with deployment.instance.client() as client:
        yield client


def _kill(client: Client, run: Run) -> None:
    # What the op does shows before what is reported of it.
    (started,) = wait_until(lambda: client.events(run.run_id, kinds=["step_started"]), 10)
    os.kill(int(started.detail["worker"].rpartition(" ")[2]), signal.SIGKILL)


def test_the_seeds_jobs_give_55_with_a_task_for_each_step(client: Client) -> None:
    launched.the_seed_gives_55(client)


def test_a_step_elsewhere_notes_the_versions_of_what_earlier_runs_have_made(client: Client) -> None:
    first = client.wait(client.submit_job("process_numbers_asset").run_id, timeout=60)
    made = client.events(first.run_id, kinds=["asset_materialized"])
    versions = {event.detail["asset_key"]: event.detail["tags"]["headrace/data_version"] for event in made}
    again = client.submit_job("process_numbers_asset", asset_selection=["filtered_even_numbers"])
    assert client.wait(again.run_id, timeout=60).state == "succeeded"
    (remade,) = client.events(again.run_id, kinds=["asset_materialized"])
    noted = {name: value for name, value in remade.detail["tags"].items() if "input_data_version" in name}
    assert noted == {"headrace/input_data_version/generated_numbers": versions["generated_numbers"]}


def test_lines_of_the_loggers_that_the_instance_names_are_events_of_a_step_elsewhere_too(client: Client) -> None:
    run = client.wait(client.submit_job("short").run_id, timeout=30)
    said = [event.detail["message"] for event in client.events(run.run_id, kinds=["log_recorded"])]
    assert (run.state, said) == ("succeeded", ["it is 55"])


def test_a_step_whose_process_is_killed_fails_at_once(deployment: Launched, client: Client) -> None:
    why = launched.a_run_whose_worker_is_killed_fails(deployment, client, lambda run: _kill(client, run))
    assert "The worker of the step was lost: its process was ended by SIGKILL" in why


@at_length
def test_a_step_whose_process_is_killed_is_tried_again(deployment: Launched, client: Client) -> None:
    launched.a_step_whose_worker_is_killed_is_tried_again(deployment, client, lambda run: _kill(client, run))


@at_length
def test_a_canceled_run_ends_its_steps(deployment: Launched, client: Client) -> None:
    launched.a_run_is_canceled(deployment, client)
