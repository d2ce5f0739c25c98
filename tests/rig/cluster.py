"""A split deployment: every service in a process of its own, on PostgreSQL, with a code location beside them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from headrace.client.client import Client
from rig.health import is_serving
from rig.ports import free_port
from rig.processes import SupervisedProcess, Supervisor
from rig.waiting import wait_until

# In the order in which they start: those that others call first.
SERVICES = ("storage", "coordinator", "launcher", "scheduler", "gateway")
LOCATION = "location"


@dataclass
class Cluster:
    """Processes by name; `settings` is merged into the instance file, so that tests can shorten leases."""

    home: Path
    supervisor: Supervisor
    database_url: str
    definitions: Path
    settings: dict[str, Any] = field(default_factory=dict)
    replicas: dict[str, int] = field(default_factory=dict)
    processes: dict[str, list[SupervisedProcess]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Starts everything and returns when the location's definitions are loaded."""
        self.addresses = {name: f"127.0.0.1:{free_port()}" for name in (*SERVICES, LOCATION)}
        self._write_files()
        self.start_process(LOCATION)
        for name in SERVICES:
            for _ in range(self.replicas.get(name, 1)):
                self.start_process(name)
        for name in self.addresses:
            wait_until(partial(self._serves, name), timeout=30, what=f"{name} serving")
        with self.client() as client:
            wait_until(lambda: self._loaded(client), timeout=30, what="the location being loaded")

    @property
    def target(self) -> str:
        """The gateway's address."""
        return self.addresses["gateway"]

    def client(self) -> Client:
        """A client of the gateway."""
        return Client(self.target)

    def start_process(self, name: str) -> SupervisedProcess:
        """Starts one more process of a service, or of the location; the first one listens where the others look for it."""
        process = self.supervisor.headrace(*self._command(name), name=name, env={"HEADRACE_HOME": str(self.home)})
        self.processes.setdefault(name, []).append(process)
        return process

    def kill(self, name: str, replica: int = 0, number: signal.Signals = signal.SIGKILL) -> None:
        """Kills one process of a service and waits for its end."""
        process = self.processes[name].pop(replica)
        process.kill(number)
        process.wait()

    def restart(self, name: str, replica: int = 0, number: signal.Signals = signal.SIGKILL) -> None:
        """Kills one process of a service and starts another in its place."""
        self.kill(name, replica, number)
        self.start_process(name)

    def _command(self, name: str) -> Sequence[str | Path]:
        if name == LOCATION:
            return ("codeloc", "serve", "-f", self.definitions, "--address", self.addresses[LOCATION])
        if self.processes.get(name):
            return ("serve", name, "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0")
        return ("serve", name)

    def _write_files(self) -> None:
        services = {name: {"listen": self.addresses[name], "metrics": f"127.0.0.1:{free_port()}"} for name in SERVICES}
        instance = {
            "storage": {"postgres": {"postgres_url": self.database_url}},
            "services": {**services, "web": f"127.0.0.1:{free_port()}"},
            **self.settings,
        }
        host, _, port = self.addresses[LOCATION].partition(":")
        server = {"host": host, "port": int(port), "location_name": LOCATION}
        (self.home / "headrace.yaml").write_text(yaml.safe_dump(instance), encoding="utf-8")
        (self.home / "workspace.yaml").write_text(
            yaml.safe_dump({"load_from": [{"grpc_server": server}]}), encoding="utf-8"
        )

    def _serves(self, name: str) -> bool:
        assert all(process.running for process in self.processes[name]), f"{name} ended"
        return is_serving(self.addresses[name])

    @staticmethod
    def _loaded(client: Client) -> bool:
        return [location.state for location in client.locations.list()] == ["loaded"]


StartCluster = Callable[..., Cluster]


@pytest.fixture
def start_cluster(supervisor: Supervisor, headrace_home: Path, postgres_url: str) -> StartCluster:
    """Starts a split deployment of the definitions in a Python file: `start_cluster(path, settings={...})`."""

    def start(definitions: Path, **options: Any) -> Cluster:
        cluster = Cluster(headrace_home, supervisor, postgres_url, definitions, **options)
        cluster.start()
        return cluster

    return start
