"""A split deployment: every service in a process of its own, with code locations beside them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from headrace.client.client import Client
from headrace.errors import UnavailableError
from rig.health import is_serving
from rig.ports import free_port
from rig.processes import SupervisedProcess, Supervisor
from rig.waiting import wait_until

# In the order in which they start: those that others call first.
SERVICES = ("storage", "coordinator", "launcher", "scheduler", "gateway")
LOCATION = "location"

Member = tuple[str, int]
"""A service, or the location, and the number of the replica; replica 0 listens where the others look for it."""


@dataclass
class Cluster:
    """Processes by member.

    Attributes:
        home: The home of all services.
        supervisor: What starts the processes.
        database_url: The PostgreSQL database; empty for SQLite in the home.
        definitions: The Python file of the one location, or the files of several by their names.
        settings: Merged into the instance file, so that tests can shorten leases.
        replicas: How many processes a service has, if not one.
        faults: Points at which the processes of a member break, however often they are started again.
        processes: What was started.
    """

    home: Path
    supervisor: Supervisor
    database_url: str
    definitions: Path | Mapping[str, Path]
    settings: dict[str, Any] = field(default_factory=dict)
    replicas: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    processes: dict[Member, SupervisedProcess] = field(default_factory=dict)

    def __post_init__(self) -> None:
        files = self.definitions
        self.locations = {LOCATION: files} if isinstance(files, Path) else files
        self.addresses = {name: f"127.0.0.1:{free_port()}" for name in (*self.locations, *SERVICES)}
        self.others = {
            (name, replica): f"127.0.0.1:{free_port()}"
            for name in SERVICES
            for replica in range(1, self.replicas.get(name, 1))
        }
        self.metrics = {name: f"127.0.0.1:{free_port()}" for name in SERVICES}

    def start(self) -> None:
        """Starts everything and returns when the location's definitions are loaded."""
        self._write_files()
        for name in self.addresses:
            for replica in range(self.replicas.get(name, 1)):
                self.start_process(name, replica)
        self.wait_until_serving()

    def wait_until_serving(self) -> None:
        """Returns when every service answers and the location's definitions are loaded."""
        for name in self.addresses:
            wait_until(partial(self._serves, name), timeout=60, what=f"{name} serving")
        for (name, replica), address in self.others.items():
            wait_until(partial(is_serving, address), timeout=60, what=f"{name} {replica} serving")
        with self.client() as client:
            wait_until(
                partial(self._loaded, client), 60, what="the location being loaded", retry_on=(UnavailableError,)
            )

    @property
    def target(self) -> str:
        """Where the gateways are."""
        return self.everywhere("gateway")

    def everywhere(self, name: str) -> str:
        """The addresses of all replicas of a service."""
        return ",".join([self.addresses[name], *(at for (of, _), at in self.others.items() if of == name)])

    def client(self) -> Client:
        """A client of the gateway."""
        return Client(self.target)

    def start_process(self, name: str, replica: int = 0, faults: str = "") -> SupervisedProcess:
        """Starts a process of a service or of the location, with points armed at which it breaks."""
        env = {"HEADRACE_HOME": str(self.home), "HEADRACE_FAULTS": faults or self.faults.get(name, "")}
        process = self.supervisor.headrace(*self._command(name, replica), name=name, env=env)
        self.processes[name, replica] = process
        return process

    def kill(self, name: str, replica: int = 0, number: signal.Signals = signal.SIGKILL) -> None:
        """Kills one process of a service and waits for its end."""
        process = self.processes[name, replica]
        process.kill(number)
        process.wait()

    def restart(self, name: str, replica: int = 0, faults: str = "") -> None:
        """Kills one process of a service and starts another in its place."""
        self.kill(name, replica)
        self.start_process(name, replica, faults)

    def revive(self) -> None:
        """Starts again every process that has ended."""
        for (name, replica), process in list(self.processes.items()):
            if not process.running:
                self.start_process(name, replica)

    def _command(self, name: str, replica: int) -> Sequence[str | Path]:
        if name in self.locations:
            return ("codeloc", "serve", "-f", self.locations[name], "--address", self.addresses[name])
        if replica:
            own = ("--listen", self.others[name, replica], "--metrics", "127.0.0.1:0", "--web", "127.0.0.1:0")
            return ("serve", name, *own)
        return ("serve", name)

    def _write_files(self) -> None:
        services = {
            name: {
                "listen": self.addresses[name],
                "address": self.everywhere(name),
                "metrics": self.metrics[name],
            }
            for name in SERVICES
        }
        instance = {
            **({"storage": {"postgres": {"postgres_url": self.database_url}}} if self.database_url else {}),
            "services": {**services, "web": f"127.0.0.1:{free_port()}"},
            **self.settings,
        }
        servers = [{"grpc_server": self._server(name)} for name in self.locations]
        (self.home / "headrace.yaml").write_text(yaml.safe_dump(instance), encoding="utf-8")
        (self.home / "workspace.yaml").write_text(yaml.safe_dump({"load_from": servers}), encoding="utf-8")

    def _server(self, name: str) -> dict[str, Any]:
        host, _, port = self.addresses[name].partition(":")
        return {"host": host, "port": int(port), "location_name": name}

    def _serves(self, name: str) -> bool:
        ended = [process for (of, _), process in self.processes.items() if of == name and not process.running]
        assert not ended, f"{name} ended"
        return is_serving(self.addresses[name])

    def _loaded(self, client: Client) -> bool:
        return [location.state for location in client.locations.list()] == ["loaded"] * len(self.locations)


StartCluster = Callable[..., Cluster]


@pytest.fixture
def start_cluster(supervisor: Supervisor, headrace_home: Path, postgres_url: str) -> StartCluster:
    """Starts a split deployment of the definitions in a Python file: `start_cluster(path, settings={...})`.

    With `database_url=""` it is on SQLite.
    """

    def start(definitions: Path | Mapping[str, Path], **options: Any) -> Cluster:
        options = {"database_url": postgres_url, **options}
        cluster = Cluster(headrace_home, supervisor, definitions=definitions, **options)
        cluster.start()
        return cluster

    return start
