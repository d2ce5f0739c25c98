"""Every service in a process of its own, on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig.cluster import SERVICES, Cluster, StartCluster

NUMBERS = Path(__file__).parents[2] / "examples/numbers/definitions.py"


@pytest.fixture
def cluster(start_cluster: StartCluster) -> Cluster:
    return start_cluster(NUMBERS)


def test_work_goes_on_after_every_service_was_killed(cluster: Cluster) -> None:
    for name in SERVICES:
        cluster.restart(name)
        with cluster.client() as client:
            run = client.wait(client.submit_job("process_numbers").run_id, timeout=60)
        assert run.succeeded, (name, run)
