"""Runs in containers of a real Docker engine, ordered by a real deployment."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rig.cluster import Cluster, StartCluster
from rig.docker import IMAGE, DockerHost
from rig.results import output_of
from rig.seaweedfs import S3Server
from rig.seed_on_s3 import on_s3, s3_environment
from rig.waiting import wait_until

SEED = Path(__file__).parent / "locations/seed.py"
Deploy = Callable[..., Cluster]


@pytest.fixture
def deploy(start_cluster: StartCluster, docker_host: DockerHost, headrace_home: Path) -> Deploy:
    """Starts a deployment whose runs are containers: `deploy(file, launcher={...}, **settings)`."""

    def start(file: Path, launcher: dict[str, Any] | None = None, **settings: Any) -> Cluster:
        config = {"image": IMAGE, "container_kwargs": docker_host.kwargs(headrace_home.parent), **(launcher or {})}
        named = {"module": "dagster_docker", "class": "DockerRunLauncher", "config": config}
        return start_cluster(file, settings={"run_launcher": named, **settings})

    return start


def test_the_seeds_jobs_give_55_in_containers_and_leave_none(deploy: Deploy, docker_host: DockerHost) -> None:
    cluster = deploy(SEED)
    with cluster.client() as client:
        made = [client.submit_job(job) for job in ("process_numbers", "process_numbers_asset")]
        made.append(client.submit_job("process_numbers", run_config={"execution": {"config": {"in_process": {}}}}))
        ended = [client.wait(each.run_id, timeout=60) for each in made]
        assert [run.state for run in ended] == ["succeeded"] * 3, [run.failure for run in ended]
        assert [output_of(client, each.run_id, "sum_two_sums") for each in (ended[0], ended[2])] == [55, 55]
    wait_until(lambda: not docker_host.names(), 10, "the containers being removed")


def with_docker_executor() -> str:
    """Returns the seed with a container for each step of its jobs."""
    text = SEED.read_text().replace("@job(description=", "@job(executor_def=docker_executor, description=")
    groups = 'selection=AssetSelection.groups("numbers"))'
    text = text.replace(groups, groups[:-1] + ", executor_def=docker_executor)")
    assert text.count("executor_def=docker_executor") == 2
    imported = "import headrace as dg\n"
    return text.replace(imported, f"{imported}from headrace.integrations.docker import docker_executor\n", 1)


def test_the_seeds_jobs_give_55_with_a_container_for_each_step_and_values_in_s3(
    deploy: Deploy,
    docker_host: DockerHost,
    headrace_home: Path,
    s3_server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bucket = s3_server.create_bucket()
    environment = s3_environment(s3_server, bucket)
    # Containers get them from the launcher; the code location, which imports the same code, has them from here.
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    file = headrace_home.parent / "seed_in_docker.py"
    file.write_text(on_s3(with_docker_executor()))
    cluster = deploy(file, {"env_vars": list(environment)})
    with cluster.client() as client:
        made = [client.submit_job(job) for job in ("process_numbers", "process_numbers_asset")]
        ended = [client.wait(each.run_id, timeout=100) for each in made]
        assert [run.state for run in ended] == ["succeeded", "succeeded"], [run.failure for run in ended]
        notes = [event.message for event in client.events(made[0].run_id) if "Has a worker in docker" in event.message]
        assert len(notes) == 6
    of_ops = f"io-manager/storage/{made[0].run_id}/sum_two_sums/result"
    stored = [pickle.loads(s3_server.read(bucket, key)) for key in (of_ops, "io-manager/summed_two_sums")]
    assert stored == [55, 55]
    wait_until(lambda: not docker_host.names(), 10, "the containers being removed")
