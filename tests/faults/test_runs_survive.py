"""Runs under fire: processes of every kind are killed while two hundred runs are submitted and executed."""

from __future__ import annotations

import os
import random
import time
import uuid
from pathlib import Path

import pytest

from faults import invariants
from faults.chaos import BELOW_LOCATION, Chaos
from headrace.client.client import Client
from headrace.client.runs import Run
from headrace.errors import DeadlineExceededError, LocationNotLoadedError, UnavailableError
from rig.cluster import Cluster, StartCluster
from rig.waiting import wait_until

WITNESSED = Path(__file__).parent / "locations/witnessed.py"
RUNS = int(os.environ.get("HEADRACE_FAULTS_RUNS", "200"))
SEED = int(os.environ.get("HEADRACE_FAULTS_SEED", str(time.time_ns() % 10_000)))
NOT_NOW = (UnavailableError, DeadlineExceededError, LocationNotLoadedError)
PAUSE_BETWEEN_SUBMISSIONS = 0.1
AFTER_THE_LAST_FAULT = 60.0
SETTINGS = {
    "leases": {"duration_seconds": 4, "renew_seconds": 1, "give_up_seconds": 3, "unclaimed_seconds": 4},
    "run_monitoring": {"max_resume_run_attempts": 3, "poll_interval_seconds": 1},
}


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "witness"
    folder.mkdir()
    monkeypatch.setenv("HEADRACE_WITNESS", str(folder))
    return folder


@pytest.fixture
def cluster(start_cluster: StartCluster, witness: Path) -> Cluster:
    return start_cluster(WITNESSED, settings=SETTINGS)


@pytest.mark.timeout(600)
def test_every_accepted_run_ends_and_none_runs_twice(cluster: Cluster, witness: Path) -> None:
    print(f"HEADRACE_FAULTS_SEED={SEED} HEADRACE_FAULTS_RUNS={RUNS}")
    with cluster.client() as client:
        with Chaos(cluster, random.Random(SEED)) as chaos:
            accepted = [submit(client, number) for number in range(RUNS)]
        wait_until(
            lambda: not unfinished(client),
            AFTER_THE_LAST_FAULT,
            what="the end of every run",
            retry_on=(UnavailableError,),
        )
        runs = {run.run_id: run for run in client.list_runs(limit=None)}
        logs = {run_id: client.events(run_id, limit=None) for run_id in runs}
    print(f"killed {dict(chaos.kills)}; ended as {dict(ends(runs))}")
    assert chaos.kills[BELOW_LOCATION] > 0 and chaos.kills.total() >= RUNS / 20
    assert invariants.lost_runs(accepted, runs) == []
    assert invariants.doubled_runs(accepted, runs) == []
    assert invariants.gaps(logs) == []
    assert invariants.illegal_histories(logs) == []
    assert invariants.events_after_the_end(logs) == []
    assert invariants.steps_done_twice(logs) == []
    assert collisions(witness) == []


def submit(client: Client, number: int) -> str:
    """Submits until somebody acknowledges it, always with the same request id."""
    request_id = str(uuid.uuid4())
    job_name = ("in_process", "multiprocess")[number % 2]

    def once() -> Run:
        return client.submit_job(job_name, request_id=request_id)

    run = wait_until(once, 60.0, what="a submission being taken", retry_on=NOT_NOW)
    time.sleep(PAUSE_BETWEEN_SUBMISSIONS)  # noqa: TID251 - load that goes on while processes are killed
    return run.run_id


def unfinished(client: Client) -> list[Run]:
    return client.list_runs(states=["queued", "starting", "running", "canceling"], limit=None)


def collisions(witness: Path) -> list[str]:
    path = witness / "collisions"
    return path.read_text().splitlines() if path.exists() else []


def ends(runs: dict[str, Run]) -> dict[str, int]:
    states = [str(run.state) for run in runs.values()]
    return {state: states.count(state) for state in set(states)}
