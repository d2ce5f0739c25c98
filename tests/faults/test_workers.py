"""Workers that die, stand still, or lose those who started them or listen to them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from faults.bench import Bench
from faults.chaos.keeper import Keeper
from faults.chaos.victims import processes_named
from faults.failpoints.scenarios import ended, submit
from faults.size import AT_LENGTH, SLACK
from faults.survey import Fact
from faults.witness import Sighting, read_sightings
from rig.cluster import LOCATION
from rig.processes import is_alive
from rig.waiting import wait_until

LEASE, RENEW = 6, 1
SETTINGS = {
    "leases": {"duration_seconds": LEASE, "renew_seconds": RENEW, "unclaimed_seconds": 6},
    "run_monitoring": {"enabled": True, "max_resume_run_attempts": 3},
}
# Its lease holds for all but what has passed since it was renewed; where others have the processors, that is all there is to tell.
AT_ONCE = 2.0 if AT_LENGTH else LEASE - RENEW
AFTER_ITS_LEASE = 2.0 * SLACK
# Longer than what is done to a run meanwhile, shorter than a test may take.
SECONDS = 4.0

pytestmark = [pytest.mark.xdist_group("workers"), pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def promises(bench: Bench) -> Iterator[None]:
    """What is promised of runs holds after each test."""
    yield
    assert bench.violations() == []


@pytest.mark.proves("P1 P2 P3", fault="F1", of="worker")
def test_a_worker_that_dies_is_noticed_at_once(bench: Bench) -> None:
    with bench.cluster.client() as client:
        run_id = submit(client, job_name="slow")
        os.kill(working(bench, run_id), signal.SIGKILL)
        killed = time.time()
        assert ended(client, run_id).succeeded
    assert given_up(bench, run_id) - killed < AT_ONCE


@pytest.mark.proves("P1 P2 P3", fault="F1", of="worker")
def test_a_worker_of_which_nobody_can_tell_is_noticed_when_its_lease_ends(bench: Bench) -> None:
    with bench.cluster.client() as client:
        run_id = submit(client, job_name="slow")
        worker = working(bench, run_id)
        kill_location(bench, worker)
        killed = time.time()
        bench.cluster.revive()
        assert ended(client, run_id).succeeded
    assert given_up(bench, run_id) - killed < LEASE + AFTER_ITS_LEASE


@pytest.mark.proves("P2 P3 P4 P6", fault="F4", of="worker")
@pytest.mark.parametrize("job_name", ["slow", "slow_in_processes"])
def test_a_worker_that_stood_still_for_longer_than_its_lease_harms_nothing(bench: Bench, job_name: str) -> None:
    with bench.cluster.client() as client:
        run_id = submit(client, seconds=SECONDS, job_name=job_name)
        zombie = working(bench, run_id)
        family = [zombie, *(child.pid for child in psutil.Process(zombie).children(recursive=True))]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        # Whoever could kill it is gone: all that is left is the fence.
        kill_location(bench)
        bench.cluster.revive()
        done = ended(client, run_id)
        assert done.succeeded and done.attempt == 2, done
        log = log_of(bench, run_id)
        for pid in family:
            os.kill(pid, signal.SIGCONT)
        thawed = time.monotonic()
        wait_until(lambda: not any(map(is_alive, family)), what="the end of the zombie")
        assert log_of(bench, run_id) == log
        assert client.get_run(run_id) == done
    went_on = [each for each in sightings(bench, run_id) if each.worker == zombie and each.time > thawed + RENEW]
    assert went_on == []


@pytest.mark.proves("P1 P4 P6", fault="F1", of="storage")
def test_a_storage_that_dies_again_and_again_loses_nothing(bench: Bench) -> None:
    with bench.cluster.client() as client, Keeper(bench.cluster):
        run_id = submit(client, seconds=SECONDS, job_name="slow")
        working(bench, run_id)
        for _ in range(2):
            bench.cluster.kill("storage")
            time.sleep(1.5)  # noqa: TID251 - for the run to go on in between
        done = ended(client, run_id)
    assert done.succeeded, done
    # On a machine that is busy for longer than a lease another worker does it all again; the first one's word counts no more.
    work = [each for each in sightings(bench, run_id) if each.what == "work"]
    said = [fact.text for fact in log_of(bench, run_id) if fact.text.startswith(f"{work[-1].worker} ")]
    assert len(said) == len([each for each in work if each.worker == work[-1].worker])


@pytest.mark.proves("P1 P2", fault="F1", of="location")
@pytest.mark.parametrize("kind", ["host", "nurse", "front"])
@pytest.mark.parametrize("job_name", ["slow", "slow_in_processes"])
def test_workers_outlive_those_who_started_them(bench: Bench, kind: str, job_name: str) -> None:
    with bench.cluster.client() as client, Keeper(bench.cluster):
        run_id = submit(client, job_name=job_name)
        worker = working(bench, run_id)
        for process in processes_named(kind):
            process.kill()
        done = ended(client, run_id)
    assert done.succeeded and done.attempt == 1, done
    assert {each.worker for each in sightings(bench, run_id)} == {worker}


def working(bench: Bench, run_id: str) -> int:
    """Returns a run's worker once its user code is at work."""
    return wait_until(lambda: bench.worker_of(run_id), what="user code of the run")


def kill_location(bench: Bench, worker: int = 0) -> None:
    """Kills a location's front, nurse and hosts all at once, and maybe a worker with them."""
    processes = [process for process in psutil.Process().children(recursive=True) if is_of_location(process)]
    front = bench.cluster.processes[LOCATION, 0]
    for pid in (front.pid, *(process.pid for process in processes), *([worker] if worker else ())):
        os.kill(pid, signal.SIGKILL)
    front.wait()


def is_of_location(process: psutil.Process) -> bool:
    try:
        return process.name() in ("headrace:nurse", "headrace:host")
    except psutil.NoSuchProcess:
        return False


def log_of(bench: Bench, run_id: str) -> list[Fact]:
    return [fact for fact in bench.survey().facts if fact.run_id == run_id]


def sightings(bench: Bench, run_id: str) -> list[Sighting]:
    return [each for each in read_sightings(bench.witness) if each.run_id == run_id]


def given_up(bench: Bench, run_id: str) -> float:
    """Returns when a run was taken from its first worker."""
    return next(fact.time for fact in log_of(bench, run_id) if (fact.before, fact.state) == ("running", "queued")) / 1e6
