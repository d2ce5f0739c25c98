"""Ports for servers under test."""

from __future__ import annotations

import itertools
import os
import socket

# Below the kernel's ephemeral range, so that no outgoing connection takes a port between our look and the server's bind;
# a range for each process of a test run, so that no other takes it either, nor that of a server which is to come back.
COUNT = 10_000 // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
FIRST = 20_000 + COUNT * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

_offsets = itertools.count(os.getpid() * 101)


def free_port() -> int:
    """Returns a TCP port of the loopback interface that nobody listens on; never the same one twice in a process."""
    for offset in itertools.islice(_offsets, COUNT):
        port = FIRST + offset % COUNT
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port between {FIRST} and {FIRST + COUNT}")


def free_ports(count: int) -> list[int]:
    """Returns `count` different free ports."""
    return [free_port() for _ in range(count)]
