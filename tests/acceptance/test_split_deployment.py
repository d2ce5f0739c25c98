"""The seed's workflows with every service in a process of its own, on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig.cluster import SERVICES, Cluster, StartCluster

NUMBERS = Path(__file__).parents[2] / "examples/numbers/definitions.py"


@pytest.fixture
def cluster(start_cluster: StartCluster) -> Cluster:
    return start_cluster(NUMBERS)


@pytest.mark.parametrize("job_name", ["process_numbers", "process_numbers_asset"])
def test_a_job_is_done(cluster: Cluster, job_name: str) -> None:
    with cluster.client() as client:
        run = client.wait(client.submit_job(job_name).run_id, timeout=30)
    assert run.succeeded, run


def test_work_goes_on_after_every_service_was_killed(cluster: Cluster) -> None:
    for name in SERVICES:
        cluster.restart(name)
        with cluster.client() as client:
            run = client.wait(client.submit_job("process_numbers").run_id, timeout=60)
        assert run.succeeded, (name, run)
