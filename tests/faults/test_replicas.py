"""Two of every service on one PostgreSQL: one of each may be gone, and all may be replaced while work goes on."""

from __future__ import annotations

import signal
import time
import uuid
from pathlib import Path

import pytest

from faults import invariants
from faults.chaos.load import Load, loaded
from faults.failpoints.scenarios import ended, submit
from faults.history import History
from faults.size import SLACK
from faults.survey import survey
from faults.witness import read_sightings
from headrace.client import Client
from rig.cluster import SERVICES, StartCluster
from rig.waiting import wait_until

WITNESSED = Path(__file__).parent / "locations/witnessed.py"
SETTINGS = {
    "leases": {"duration_seconds": 10, "renew_seconds": 1, "unclaimed_seconds": 5},
    "run_monitoring": {"enabled": True, "max_resume_run_attempts": 3},
}
BOTH = dict.fromkeys(SERVICES, 2)
DRAIN_SECONDS = 10.0 * SLACK

pytestmark = [pytest.mark.xdist_group("replicas"), pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.proves("P1 P2 P3 P4 P6 P11", fault="F5", of="gateway coordinator scheduler launcher storage")
def test_replicas_that_are_replaced_one_after_the_other_fail_no_call(
    start_cluster: StartCluster, postgres_url: str, witness: Path
) -> None:
    cluster = start_cluster(WITNESSED, settings=SETTINGS, replicas=BOTH)
    history, drained = History(), {}
    with cluster.client() as client:
        # Their workers wait for slots, at one coordinator or the other, until there are any.
        client.pools.set_limit("tight", 0)
        waiting = [submitted(client, history, "pooled_in_the_end") for _ in range(3)]
        wait_until(lambda: client.pools.get("tight").waiting_count == len(waiting), what="workers that wait for a slot")
    with loaded(Load(cluster.target, history, seed=5, runs=10, pause=0.15)):
        for name in SERVICES:
            for replica in range(2):
                began = time.monotonic()
                cluster.kill(name, replica, signal.SIGTERM)
                drained[f"{name} {replica}"] = time.monotonic() - began
                cluster.start_process(name, replica)
                cluster.wait_until_serving()
    print({name: f"{seconds:.1f} s" for name, seconds in drained.items()}, len(list(history)))
    assert history.failed_early() == []
    assert max(drained.values()) < DRAIN_SECONDS
    with cluster.client() as client:
        client.pools.set_limit("tight", 1)
        assert all(ended(client, run_id).succeeded for run_id in waiting)
        states = {ended(client, each.run_id).state for each in history.of_kind("submit")}
    assert states <= {"succeeded", "canceled"}
    seen = survey(postgres_url)
    assert invariants.lost_runs(history, seen.runs) == []
    assert invariants.double_claims(seen.facts, read_sightings(witness)) == []
    assert invariants.gaps(seen.runs, seen.facts) == []
    assert invariants.repeated_effects(history, seen.runs) == []


def submitted(client: Client, history: History, job_name: str) -> str:
    key = str(uuid.uuid4())

    def submit_job() -> str:
        return client.submit_job(job_name, tags={"request": key}, request_id=key).run_id

    return history.record("submit", key, submit_job).run_id


@pytest.mark.proves("P1 P3", fault="F1", of="gateway coordinator scheduler launcher storage")
def test_work_goes_on_while_one_of_each_is_gone(start_cluster: StartCluster, witness: Path) -> None:
    cluster = start_cluster(WITNESSED, settings=SETTINGS, replicas=BOTH)
    for name in SERVICES:
        cluster.kill(name, replica=0)
    with cluster.client() as client:
        assert all(ended(client, run_id).succeeded for run_id in [submit(client, seconds=0.0) for _ in range(3)])
