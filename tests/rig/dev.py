"""`headrace dev` as a user starts it, on ports and in a home of its own."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from headrace.client import Client
from rig.cli import Answer, call_cli
from rig.ports import free_ports
from rig.processes import SupervisedProcess, Supervisor

NUMBERS = Path(__file__).parents[2] / "examples/numbers/definitions.py"
NEVER = "/nonexistent/check"


@dataclass
class DevInstance:
    """A running `headrace dev`."""

    process: SupervisedProcess
    home: Path
    target: str
    web: str

    def client(self) -> Client:
        """A client of it."""
        return Client(self.target)

    def cli(self, *arguments: str | Path) -> Answer:
        """Runs a command against it."""
        return call_cli(*arguments, env={"HEADRACE_TARGET": self.target})

    def stop(self) -> int:
        """Ends it as Ctrl-C does, and returns its exit code."""
        self.process.kill(signal.SIGINT)
        return self.process.wait()


StartDev = Callable[..., DevInstance]


def start(
    supervisor: Supervisor,
    home: Path,
    *arguments: str | Path,
    env: dict[str, str] | None = None,
    ready: str = r"^Ready after",
) -> DevInstance:
    """Starts it and waits until every location has loaded or failed."""
    grpc, web = free_ports(2)
    process = supervisor.headrace(
        "dev",
        *arguments,
        "--home",
        home,
        "--grpc-port",
        str(grpc),
        "--port",
        str(web),
        name="dev",
        env={"NUMBERS_CHECK_FILE": NEVER, **(env or {})},
    )
    process.wait_for_output(ready, timeout=60)
    return DevInstance(process, home, f"127.0.0.1:{grpc}", f"http://127.0.0.1:{web}")


@pytest.fixture
def start_dev(supervisor: Supervisor, tmp_path: Path) -> StartDev:
    """Starts `headrace dev` with arguments: `start_dev("-f", path, env={...})`; the test's end ends it."""
    return lambda *arguments, **options: start(supervisor, tmp_path / "home", *arguments, **options)


@pytest.fixture(scope="module")
def numbers_dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    """`headrace dev` on the numbers example, shared by the tests of a module."""
    directory = tmp_path_factory.mktemp("dev")
    supervisor = Supervisor(directory)
    try:
        yield start(supervisor, directory / "home", "-f", NUMBERS, "--location-name", "numbers")
    finally:
        supervisor.close()
