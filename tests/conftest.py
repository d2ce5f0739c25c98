"""Fixtures of every test; each is made and documented in its module of the rig."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from rig import run_directory
from rig.azurite import azure_container, azure_server
from rig.cluster import start_cluster
from rig.dev import numbers_dev, start_dev
from rig.docker import docker_host
from rig.fake_gcs import gcs_bucket, gcs_server
from rig.home import headrace_home
from rig.local_bigquery import bigquery_server
from rig.mortal_postgres import mortal_postgres
from rig.node_location import node_location
from rig.postgres import postgres_server, postgres_url
from rig.processes import SUPERVISOR, supervisor
from rig.prometheus import start_prometheus
from rig.seaweedfs import s3_bucket, s3_server

__all__ = [
    "azure_container",
    "azure_server",
    "bigquery_server",
    "docker_host",
    "gcs_bucket",
    "gcs_server",
    "headrace_home",
    "mortal_postgres",
    "node_location",
    "numbers_dev",
    "postgres_server",
    "postgres_url",
    "s3_bucket",
    "s3_server",
    "start_cluster",
    "start_dev",
    "start_prometheus",
    "supervisor",
]

run_directory.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows what the supervised processes wrote when their test fails."""
    report = yield
    started = item.stash.get(SUPERVISOR, None)
    if report.failed and started is not None:
        report.sections += [(f"output of {process}", process.tail()) for process in started.processes]
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows what was wrong with tests before they were tried again."""
    failed = {report.nodeid for report in terminalreporter.getreports("failed")}
    forgiven = [report for report in terminalreporter.getreports("rerun") if report.nodeid not in failed]
    if forgiven:
        terminalreporter.section("passed at the second try")
    for report in forgiven:
        terminalreporter.section(report.nodeid, sep="_")
        terminalreporter.write_line(report.longreprtext)
