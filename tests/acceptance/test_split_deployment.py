"""Every service in a process of its own, on PostgreSQL."""

from __future__ import annotations

import uuid
from functools import partial
from pathlib import Path

import pytest

from headrace.errors import ServiceError
from rig.cluster import SERVICES, Cluster, StartCluster
from rig.waiting import wait_until

NUMBERS = Path(__file__).parents[2] / "examples/numbers/definitions.py"


@pytest.fixture
def cluster(start_cluster: StartCluster) -> Cluster:
    return start_cluster(NUMBERS)


def test_work_goes_on_after_every_service_was_killed(cluster: Cluster) -> None:
    for name in SERVICES:
        cluster.restart(name)
        with cluster.client() as client:
            # A service takes longer to come back on a busy machine than calls are repeated by themselves.
            submit = partial(client.submit_job, "process_numbers", request_id=str(uuid.uuid4()))
            made = wait_until(submit, timeout=30, what=f"a run being taken in without {name}", retry_on=(ServiceError,))
            run = client.wait(made.run_id, timeout=60)
        assert run.succeeded, (name, run)
