"""What can be killed: the services, and each kind of process that a code location is made of."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

import psutil

from rig.cluster import LOCATION, SERVICES, Cluster

BELOW_LOCATION = ("nurse", "host", "worker", "zygote", "step")
"""What its processes call themselves: the one that forks hosts, the one with the user's code, and a run's own."""
KINDS = (*SERVICES, LOCATION, *BELOW_LOCATION)
FREEZABLE = (*SERVICES, LOCATION, "nurse", "host")
"""A worker that is frozen is fenced, but may begin to go on for a moment: that has a test of its own."""


def find_victim(cluster: Cluster, kind: str, chance: random.Random) -> psutil.Process | None:
    """Returns one of the living processes of a kind; None if there is none now."""
    names = cluster.locations if kind == LOCATION else (kind,)
    living = processes_named(kind) if kind in BELOW_LOCATION else _members(cluster, names)
    return chance.choice(living) if living else None


def _members(cluster: Cluster, names: Collection[str]) -> Sequence[psutil.Process]:
    return [
        psutil.Process(process.pid)
        for (of, _), process in sorted(cluster.processes.items())
        if of in names and process.running
    ]


def processes_named(role: str) -> Sequence[psutil.Process]:
    """Returns the living processes that call themselves this."""
    # Of the whole family: workers outlive the location that started them.
    return [process for process in psutil.Process().children(recursive=True) if _name_of(process) == f"headrace:{role}"]


def _name_of(process: psutil.Process) -> str:
    try:
        return process.name() if process.status() != psutil.STATUS_ZOMBIE else ""
    except psutil.NoSuchProcess:
        return ""
