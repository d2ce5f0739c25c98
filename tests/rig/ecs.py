"""An ECS whose tasks are containers of a real Docker engine."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rig.docker import IMAGE, REPOSITORY, DockerHost
from rig.ports import free_port
from rig.processes import Supervisor
from rig.waiting import wait_until

PYTHON = REPOSITORY / ".venv-aws/bin/python"
REGION = "eu-central-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
CLUSTER = "data"


@dataclass
class Ecs:
    """A running server.

    Attributes:
        url: Its address.
        docker: The engine of its containers.
    """

    url: str
    docker: DockerHost

    def config(self, *writable: Path, **more: Any) -> dict[str, Any]:
        """The configuration of an engine, as an instance file says it; containers see these directories of the host."""
        mounts = [each.split(":") for each in self.docker.kwargs(*writable)["volumes"]]
        names = [f"mount-{number}" for number in range(len(mounts))]
        shape = {
            "network_mode": "host",
            "requires_compatibilities": ["EC2"],
            "volumes": [
                {"name": name, "host": {"sourcePath": source}} for name, (source, *_) in zip(names, mounts, strict=True)
            ],
            "mount_points": [
                {"sourceVolume": name, "containerPath": path, "readOnly": bool(mode)}
                for name, (_, path, *mode) in zip(names, mounts, strict=True)
            ],
        }
        return {
            "image": IMAGE,
            "region_name": REGION,
            "endpoint_url": self.url,
            "task_definition": shape,
            "run_task_kwargs": {"cluster": CLUSTER, "launchType": "EC2"},
            "poll_seconds": 0.3,
            **more,
        }

    def client(self) -> Any:
        """A client of it."""
        import boto3

        return boto3.client(
            "ecs",
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def tasks(self, state: str = "RUNNING") -> list[dict[str, Any]]:
        """The tasks in a state."""
        client = self.client()
        arns = client.list_tasks(cluster=CLUSTER, desiredStatus=state)["taskArns"]
        found: list[dict[str, Any]] = (
            client.describe_tasks(cluster=CLUSTER, tasks=arns, include=["TAGS"])["tasks"] if arns else []
        )
        return found


def start_ecs(supervisor: Supervisor, docker: DockerHost) -> Ecs:
    """Starts a server; skips the test where it is not installed."""
    if not PYTHON.exists():
        pytest.skip("the stand-in for ECS is not installed (`make setup` installs it)")
    port = free_port()
    process = supervisor.start(
        "ecs",
        [PYTHON, "-m", "hypercorn", "ministack.app:app", "-b", f"127.0.0.1:{port}"],
        env={"DOCKER_HOST": docker.url, "GATEWAY_PORT": str(port), "MINISTACK_REGION": REGION},
    )
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: _answers(url) or not process.running, 30, "ECS answering")
    ecs = Ecs(url, docker)
    ecs.client().create_cluster(clusterName=CLUSTER)
    return ecs


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
