"""A real RabbitMQ, as the broker of Celery."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rig.ports import free_ports
from rig.processes import Supervisor

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The server itself: the one on the search path insists on a user of its own."""


def start_rabbitmq(supervisor: Supervisor) -> str:
    """Starts a server, and returns its address; skips the test where none is installed."""
    if not PROGRAM.exists() or shutil.which("epmd") is None:
        pytest.skip("rabbitmq-server is not installed")
    port, names_port, node_port = free_ports(3)
    home = supervisor.directory / "rabbitmq"
    home.mkdir()
    (home / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    # Of the test's own: Erlang would start one for the whole machine, and leave it there.
    supervisor.start("epmd", ["epmd", "-address", "127.0.0.1", "-port", str(names_port)])
    environment = {
        "HOME": str(home),
        "ERL_EPMD_PORT": str(names_port),
        "RABBITMQ_NODENAME": f"headrace{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_MNESIA_BASE": str(home / "data"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_DIST_PORT": str(node_port),
    }
    server = supervisor.start("rabbitmq", [str(PROGRAM)], env=environment)
    server.wait_for_output("Starting broker.*completed", 60)
    return f"pyamqp://guest:guest@127.0.0.1:{port}//"
