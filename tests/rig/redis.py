"""A real Redis, as the broker of Celery."""

from __future__ import annotations

import shutil
import socket
from dataclasses import dataclass

import pytest

from rig.ports import free_port
from rig.processes import SupervisedProcess, Supervisor
from rig.waiting import wait_until


@dataclass
class RedisServer:
    """A running server."""

    port: int
    process: SupervisedProcess
    password: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        login = f":{self.password}@" if self.password else ""
        return f"redis://{login}127.0.0.1:{self.port}/0"


def start_redis(supervisor: Supervisor, password: str = "", port: int = 0) -> RedisServer:
    """Starts a server; skips the test where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = port or free_port()
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    words += ["--dir", str(supervisor.directory), *(["--requirepass", password] if password else [])]
    process = supervisor.start("redis", words)
    wait_until(lambda: _answers(port), what="redis answers")
    return RedisServer(port, process, password)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return bool(connection.recv(16))
    except OSError:
        return False
