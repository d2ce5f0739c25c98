"""Runs as Celery tasks, ordered by a real deployment over a real Redis."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from headrace.client import Client, Run
from headrace_codeloc.engines.known import ENGINES
from rig import launched
from rig.broker import start_broker, start_celery_worker
from rig.launched import Launched
from rig.length import RUNS, at_length
from rig.processes import Supervisor, is_alive
from rig.waiting import wait_until


@dataclass
class Deployment(Launched):
    broker: str


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    supervisor = Supervisor(tmp_path_factory.mktemp("celery"))
    try:
        broker = start_broker(supervisor)
        start_celery_worker(supervisor, broker, "-c", "3")
        launcher = {"module": "dagster_celery", "class": "CeleryRunLauncher", "config": {"broker": broker}}
        settings = {"run_launcher": launcher, "run_retries": {"enabled": True}}
        with launched.deployed(tmp_path_factory.mktemp("deployment"), settings) as made:
            yield Deployment(made.instance, made.directory, broker)
    finally:
        supervisor.close()


@pytest.fixture
def client(deployment: Launched) -> Iterator[Client]:
    with deployment.instance.client() as client:
        yield client


def _kill(run: Run) -> None:
    os.kill(int(run.worker.rpartition(" ")[2]), signal.SIGKILL)


def test_the_seeds_jobs_give_55(client: Client) -> None:
    launched.the_seed_gives_55(client)


def test_a_run_whose_process_is_killed_fails_at_once(deployment: Launched, client: Client) -> None:
    why = launched.a_run_whose_worker_is_killed_fails(deployment, client, _kill)
    assert "its process was ended by SIGKILL" in why


@at_length
def test_a_run_whose_process_is_killed_is_tried_again(deployment: Launched, client: Client) -> None:
    launched.a_run_whose_worker_is_killed_is_tried_again(deployment, client, _kill)


def test_a_canceled_run_ends_its_process(deployment: Launched, client: Client) -> None:
    launched.a_run_is_canceled(deployment, client)


@at_length
def test_many_runs_at_once_are_done_and_none_is_lost(client: Client) -> None:
    began = time.monotonic()
    runs = [client.submit_job("short") for _ in range(RUNS)]
    ended = [client.wait(run.run_id, timeout=90) for run in runs]
    print(f"{RUNS} runs in {time.monotonic() - began:.1f} s")
    assert {run.state for run in ended} == {"succeeded"}
    assert all(run.attempt == 1 for run in ended)


@at_length
async def test_a_run_takes_little_more_than_the_engine_needs_for_its_task(
    deployment: Deployment, client: Client
) -> None:
    engine = ENGINES["celery"].open({"broker": deployment.broker}, "test")
    await launched.a_run_takes_little_more_than_the_engine(deployment, client, engine)


def test_no_process_stays(client: Client) -> None:
    runs = client.list_runs(limit=100)
    pids = [int(run.worker.rpartition(" ")[2]) for run in runs if run.worker]
    wait_until(lambda: not any(is_alive(pid) for pid in pids), 20)
