"""Fixtures of every test; each is made and documented in its module of the rig."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from rig import run_directory
from rig.home import headrace_home
from rig.node_location import node_location
from rig.postgres import postgres_server, postgres_url
from rig.processes import Supervisor, supervisor
from rig.prometheus import start_prometheus

__all__ = ["headrace_home", "node_location", "postgres_server", "postgres_url", "start_prometheus", "supervisor"]

run_directory.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows what the supervised processes wrote when their test fails."""
    report = yield
    processes = getattr(item, "funcargs", {}).get("supervisor")
    if report.failed and isinstance(processes, Supervisor):
        report.sections += [(f"output of {process}", process.tail()) for process in processes.processes]
    return report
