"""The images, and the whole deployment of deploy/compose.yaml, on a real Docker engine."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headrace.client import Client
from headrace.errors import ServiceError
from rig.docker import DockerHost
from rig.images import DEBIAN, OTHER_PYTHON, Images, missing_tools
from rig.ports import free_ports
from rig.processes import Supervisor
from rig.waiting import wait_until

SWITCH = "HEADRACE_IMAGES"
REPOSITORY = Path(__file__).parents[2]
OFFLINE = Path(__file__).parent / "compose/offline.yaml"
SERVICES = {"storage", "coordinator", "scheduler", "launcher", "gateway"}
# Of all that runs as a container and is ours.
OURS = len(SERVICES) + 2

pytestmark = [
    pytest.mark.skipif(
        not os.environ.get(SWITCH), reason=f"builds images for minutes: set {SWITCH}=1, or `make images`"
    ),
    pytest.mark.skipif(bool(missing_tools()), reason=missing_tools()),
    pytest.mark.timeout(900),
]


@pytest.fixture
def images(docker_host: DockerHost, tmp_path: Path) -> Images:
    """The images that the deployment needs, built."""
    images = Images(docker_host.url, tmp_path)
    images.make_bases()
    images.build("services.Dockerfile", "headrace-services", PYTHON_IMAGE=DEBIAN, EXTRAS="services,docker")
    images.build("codeloc.Dockerfile", "headrace-codeloc-a", PYTHON_IMAGE=OTHER_PYTHON)
    images.build("codeloc.Dockerfile", "headrace-codeloc-b", PYTHON_IMAGE=DEBIAN)
    return images


@pytest.fixture
def ports() -> dict[str, int]:
    names = ("HEADRACE_WEB_PORT", "HEADRACE_GRPC_PORT", "PROMETHEUS_PORT")
    return dict(zip(names, free_ports(len(names)), strict=True))


@pytest.fixture
def deployment(
    images: Images, docker_host: DockerHost, ports: dict[str, int], supervisor: Supervisor
) -> Iterator[Client]:
    """The deployment, and a client of it."""
    env = {
        **{name: str(port) for name, port in ports.items()},
        **{"DEBIAN_IMAGE": DEBIAN, "COMPOSE_PROJECT_NAME": f"headrace{docker_host.run}", "PYTHONPATH": ""},
    }
    files = ("-f", REPOSITORY / "deploy/compose.yaml", "-f", OFFLINE)

    def compose(*words: str) -> None:
        done = supervisor.start("compose", ["docker-compose", *files, *words], env=env, cwd=REPOSITORY / "deploy")
        assert done.wait(timeout=240) == 0, done.tail()

    compose("up", "-d", "--no-build")
    try:
        with Client(f"127.0.0.1:{ports['HEADRACE_GRPC_PORT']}") as client:
            yield client
    finally:
        compose("down", "-v", "--timeout", "5")


def test_the_deployment_starts_healthy_and_both_locations_give_55(
    deployment: Client, docker_host: DockerHost, ports: dict[str, int]
) -> None:
    wait_until(lambda: locations(deployment), 90, "both locations being loaded", retry_on=(ServiceError,))
    for name in ("numbers", "numbers-elsewhere"):
        run = deployment.wait(deployment.submit_job("process_numbers", location_name=name).run_id, timeout=60)
        assert run.succeeded, run.failure
    wait_until(lambda: healthy(docker_host) == OURS, 60, "every container of ours being healthy")
    wait_until(lambda: scraped(ports["PROMETHEUS_PORT"]) == SERVICES, 60, "Prometheus having scraped every service")
    assert users(docker_host) == {"headrace"}


def locations(client: Client) -> bool:
    return sorted(each.state for each in client.locations.list()) == ["loaded", "loaded"]


def ours(host: DockerHost) -> list[Any]:
    client = host.client()
    try:
        every = [each.attrs for each in client.containers.list()]
    finally:
        client.close()
    return [each for each in every if each["Config"]["Image"].startswith(("headrace-services", "headrace-codeloc"))]


def healthy(host: DockerHost) -> int:
    return sum(each["State"]["Health"]["Status"] == "healthy" for each in ours(host))


def users(host: DockerHost) -> set[str]:
    return {each["Config"]["User"] for each in ours(host)}


def scraped(port: int) -> set[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?query=up", timeout=5) as answer:
        found = json.load(answer)["data"]["result"]
    return {each["metric"]["service"] for each in found if each["value"][1] == "1"}
