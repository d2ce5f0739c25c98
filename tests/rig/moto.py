"""A server of many services of AWS that executes nothing: it keeps secrets and parameters, and filters them as AWS does."""

from __future__ import annotations

import socket

import pytest

from rig.ecs import PYTHON
from rig.ports import free_port
from rig.processes import Supervisor
from rig.waiting import wait_until


def start_moto(supervisor: Supervisor) -> str:
    """Starts a server, and returns its address; skips the test where it is not installed."""
    if not PYTHON.exists():
        pytest.skip("the stand-ins for AWS are not installed (`make setup` installs them)")
    port = free_port()
    supervisor.start("moto", [PYTHON, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)])
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: _answers(port), 30, "moto answering", (OSError,))
    return url


def _answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True
