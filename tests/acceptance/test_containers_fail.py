"""What becomes of runs whose containers are killed, cannot be started, or are canceled; nothing of them is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headrace.client import Client, Run
from rig.cluster import Cluster, StartCluster
from rig.docker import IMAGE, DockerHost
from rig.length import at_length
from rig.waiting import wait_until

LOCATION = Path(__file__).parent / "locations/containers.py"
IN_CONTAINER = {"where": "container"}
LEASES = {"duration_seconds": 5, "renew_seconds": 1, "give_up_seconds": 3}


@pytest.fixture
def gates(headrace_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where steps look for the files that they wait for."""
    directory = headrace_home.parent / "gates"
    directory.mkdir()
    monkeypatch.setenv("HEADRACE_TESTS_GATES", str(directory))
    return directory


@pytest.fixture
def docker_config(docker_host: DockerHost, headrace_home: Path, gates: Path) -> dict[str, Any]:
    """What containers of this machine's Python need."""
    return {
        "image": IMAGE,
        "container_kwargs": docker_host.kwargs(headrace_home.parent),
        "env_vars": [f"HEADRACE_TESTS_GATES={gates}"],
    }


@pytest.fixture
def cluster(start_cluster: StartCluster, docker_config: dict[str, Any]) -> Cluster:
    """A deployment whose runs are processes, and containers where a tag wants them to be."""
    containers = {"docker": docker_config, "route": {"tags": IN_CONTAINER}}
    return start_cluster(LOCATION, settings={"run_launchers": {"containers": containers}, "leases": LEASES})


class Containers:
    """What tests do to containers."""

    def __init__(self, host: DockerHost, gates: Path) -> None:
        self._host = host
        self._gates = gates

    def waiting(self, gate: str) -> None:
        """Returns when a step waits at a gate."""
        wait_until((self._gates / f"{gate}.waits").exists, 40, f"a step waiting at {gate}")

    def open(self, gate: str) -> None:
        """Lets the step go on."""
        (self._gates / gate).touch()

    def kill(self, run: Run, kind: str) -> None:
        """Kills the container of a run, or of its one step."""
        client = self._host.client()
        try:
            (found,) = [
                each
                for each in self._host.containers(client)
                if (each.labels["headrace/run-id"], each.labels["headrace/kind"]) == (run.run_id, kind)
            ]
            found.kill()
        finally:
            client.close()


@pytest.fixture
def containers(docker_host: DockerHost, gates: Path) -> Containers:
    return Containers(docker_host, gates)


def submit(client: Client, job: str, gate: str, **tags: str) -> Run:
    return client.submit_job(job, tags={"gate": gate, **tags})


def gone(host: DockerHost) -> Callable[[], bool]:
    return lambda: not host.names()


def test_runs_go_where_their_tags_say_and_a_killed_container_fails_or_repeats_its_run(
    cluster: Cluster, docker_host: DockerHost, containers: Containers
) -> None:
    with cluster.client() as client:
        here = submit(client, "waits", "here")
        failing = submit(client, "waits", "failing", **IN_CONTAINER)
        repeated = submit(client, "waits", "repeated", **IN_CONTAINER, **{"headrace/max_retries": "1"})
        for gate in ("here", "failing", "repeated"):
            containers.waiting(gate)
        assert len(docker_host.names()) == 2
        containers.kill(failing, "run")
        containers.kill(repeated, "run")
        for gate in ("here", "repeated"):
            containers.open(gate)
        assert client.wait(here.run_id, timeout=30).succeeded
        failed = client.wait(failing.run_id, timeout=30)
        assert not failed.succeeded and failed.failure is not None
        assert "was lost in attempt 1: its container was ended by SIGKILL" in failed.failure.message
        again = client.wait(repeated.run_id, timeout=60)
        assert (again.succeeded, again.attempt) == (True, 2), again.failure
    wait_until(gone(docker_host), 10, "the containers being removed")


def test_a_killed_step_is_repeated_as_its_policy_says_and_a_cancel_ends_containers(
    cluster: Cluster, docker_host: DockerHost, docker_config: dict[str, Any], containers: Containers
) -> None:
    with cluster.client() as client:
        repeated = submit(client, "steps_in_containers", "step", **IN_CONTAINER)
        canceled = submit(client, "waits_in_containers", "canceled", **IN_CONTAINER)
        # The run is a process here, and its step a container all the same.
        mixed = submit(client, "steps_in_containers", "mixed", **{"headrace/docker": json.dumps(docker_config)})
        for gate in ("step", "canceled", "mixed"):
            containers.waiting(gate)
        containers.kill(repeated, "step")
        client.cancel(canceled.run_id)
        containers.open("mixed")
        assert client.wait(mixed.run_id, timeout=40).succeeded
        ended = client.wait(repeated.run_id, timeout=60)
        assert ended.succeeded, ended.failure
        (retried,) = client.events(repeated.run_id, kinds=["step_retry_scheduled"])
        assert "its container was ended by SIGKILL" in json.dumps(retried.detail)
        assert client.wait(canceled.run_id, timeout=40).state == "canceled"
    wait_until(gone(docker_host), 10, "the containers being removed")


HOPELESS: dict[str, dict[str, Any]] = {
    "nowhere.invalid/team/etl:7 is not on the engine": {"image": "nowhere.invalid/team/etl:7"},
    "no_such_network": {"network": "no_such_network"},
    "OOMKilled": {"container_kwargs": {"mem_limit": "24m", "memswap_limit": "24m"}},
}


def test_what_cannot_work_fails_the_run_in_the_engines_own_words(cluster: Cluster, docker_host: DockerHost) -> None:
    with cluster.client() as client:
        made = {
            words: submit(client, "waits", "never", **IN_CONTAINER, **{"headrace/docker": json.dumps(config)})
            for words, config in HOPELESS.items()
        }
        for words, run in made.items():
            ended = client.wait(run.run_id, timeout=40)
            assert ended.failure is not None and words in ended.failure.message
    wait_until(gone(docker_host), 10, "the containers being removed")


@at_length
def test_ends_are_noticed_by_the_next_launcher(
    cluster: Cluster, docker_host: DockerHost, containers: Containers
) -> None:
    with cluster.client() as client:
        run = submit(client, "waits", "orphan", **IN_CONTAINER)
        containers.waiting("orphan")
        cluster.kill("launcher")
        containers.kill(run, "run")
        cluster.start_process("launcher")
        ended = client.wait(run.run_id, timeout=40)
        assert ended.failure is not None and "WORKER_LOST" in ended.failure.type
    wait_until(gone(docker_host), 20, "the container being removed")
