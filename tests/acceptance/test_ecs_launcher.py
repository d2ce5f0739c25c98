"""Runs as ECS tasks, ordered by a real deployment; each task is a container of a real Docker engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from headrace.client import Client, Run
from headrace_codeloc.engines.known import ENGINES
from rig import launched
from rig.docker import DockerHost, shared_engine
from rig.ecs import CREDENTIALS, Ecs, start_ecs
from rig.launched import Launched
from rig.length import RUNS, at_length
from rig.processes import Supervisor
from rig.waiting import wait_until


@dataclass
class Deployment(Launched):
    ecs: Ecs


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    supervisor = Supervisor(tmp_path_factory.mktemp("ecs"))
    try:
        ecs = start_ecs(supervisor, DockerHost(shared_engine(), "ecs-launcher"))
        directory = tmp_path_factory.mktemp("deployment")
        launcher = {"module": "dagster_aws.ecs", "class": "EcsRunLauncher", "config": ecs.config(directory)}
        settings = {"run_launcher": launcher, "run_retries": {"enabled": True}}
        with launched.deployed(directory, settings, env=CREDENTIALS) as made:
            yield Deployment(made.instance, made.directory, ecs)
    finally:
        supervisor.close()


@pytest.fixture
def client(deployment: Deployment) -> Iterator[Client]:
    with deployment.instance.client() as client:
        yield client


def _kill(deployment: Deployment, run: Run) -> None:
    ours = {"key": "headrace/run-id", "value": run.run_id}
    (task,) = [each for each in deployment.ecs.tasks() if ours in each["tags"]]
    docker = deployment.ecs.docker.client()
    try:
        docker.containers.get(task["containers"][0]["runtimeId"]).kill("SIGKILL")
    finally:
        docker.close()


def test_the_seeds_jobs_give_55(client: Client) -> None:
    launched.the_seed_gives_55(client)


@at_length
async def test_a_run_takes_little_more_than_the_engine_needs_for_its_task(
    deployment: Deployment, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    engine = ENGINES["ecs"].open(deployment.ecs.config(deployment.directory), "test")
    await launched.a_run_takes_little_more_than_the_engine(deployment, client, engine)


@at_length
def test_a_run_whose_task_is_killed_fails_at_once(deployment: Deployment, client: Client) -> None:
    why = launched.a_run_whose_worker_is_killed_fails(deployment, client, lambda run: _kill(deployment, run))
    assert "its task was ended by SIGKILL" in why


@at_length
def test_a_run_whose_task_is_killed_is_tried_again(deployment: Deployment, client: Client) -> None:
    launched.a_run_whose_worker_is_killed_is_tried_again(deployment, client, lambda run: _kill(deployment, run))


@at_length
def test_a_canceled_run_ends_its_task(deployment: Deployment, client: Client) -> None:
    launched.a_run_is_canceled(deployment, client)


@at_length
def test_many_runs_at_once_are_done_and_none_is_lost(client: Client) -> None:
    began = time.monotonic()
    runs = [client.submit_job("short") for _ in range(RUNS)]
    ended = [client.wait(run.run_id, timeout=120) for run in runs]
    print(f"{RUNS} runs in {time.monotonic() - began:.1f} s")
    assert {run.state for run in ended} == {"succeeded"}, [run.failure for run in ended]


def test_no_task_stays(deployment: Deployment) -> None:
    wait_until(lambda: not deployment.ecs.tasks(), 20)
