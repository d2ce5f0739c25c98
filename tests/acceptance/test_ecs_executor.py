"""Steps as ECS tasks, of runs that are processes of their location; each task is a container of a real Docker engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from headrace.client import Client, Run
from rig import launched
from rig.docker import DockerHost, shared_engine
from rig.ecs import CREDENTIALS, Ecs, start_ecs
from rig.launched import Launched
from rig.length import at_length
from rig.processes import Supervisor
from rig.waiting import wait_until

pytestmark = at_length


@dataclass
class Deployment(Launched):
    ecs: Ecs


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    supervisor = Supervisor(tmp_path_factory.mktemp("ecs"))
    try:
        ecs = start_ecs(supervisor, DockerHost(shared_engine(), "ecs-executor"))
        directory = tmp_path_factory.mktemp("deployment")
        config = ecs.config(directory, env_vars=list(CREDENTIALS))
        launcher = {"module": "dagster_aws.ecs", "class": "EcsRunLauncher", "config": config}
        executor = "headrace.integrations.aws.ecs:ecs_executor"
        settings = {"run_launcher": launcher}
        with launched.deployed(directory, settings, env=CREDENTIALS, executor=executor) as made:
            yield Deployment(made.instance, made.directory, ecs)
    finally:
        supervisor.close()


@pytest.fixture
def client(deployment: Deployment) -> Iterator[Client]:
    with deployment.instance.client() as client:
        yield client


def _kill(deployment: Deployment, run: Run) -> None:
    ours = ({"key": "headrace/run-id", "value": run.run_id}, {"key": "headrace/kind", "value": "step"})
    (task,) = [each for each in deployment.ecs.tasks() if all(label in each["tags"] for label in ours)]
    docker = deployment.ecs.docker.client()
    try:
        docker.containers.get(task["containers"][0]["runtimeId"]).kill("SIGKILL")
    finally:
        docker.close()


def test_the_seeds_jobs_give_55_with_a_task_for_each_step(client: Client) -> None:
    launched.the_seed_gives_55(client)


def test_a_step_whose_task_is_killed_is_tried_again(deployment: Deployment, client: Client) -> None:
    launched.a_step_whose_worker_is_killed_is_tried_again(deployment, client, lambda run: _kill(deployment, run))


def test_no_task_stays(deployment: Deployment) -> None:
    wait_until(lambda: not deployment.ecs.tasks(), 30)
