"""Services that are told to end, as in a rolling upgrade, and machines that go down with everything on them."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from faults.bench import Bench
from faults.chaos.load import Load, loaded
from faults.failpoints.scenarios import PATIENCE, ended, submit
from faults.history import History
from faults.size import AT_LENGTH, SLACK
from rig.cluster import LOCATION, SERVICES
from rig.waiting import wait_until

SETTINGS = {
    "leases": {"duration_seconds": 10, "renew_seconds": 1, "unclaimed_seconds": 5},
    "run_monitoring": {"enabled": True, "max_resume_run_attempts": 3},
}
DRAIN_SECONDS, FIRST_CLAIM_SECONDS = 10.0 * SLACK, 10.0 * SLACK

pytestmark = [pytest.mark.xdist_group("restarts"), pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def promises(bench: Bench) -> Iterator[None]:
    """What is promised of runs holds after each test."""
    yield
    assert bench.violations() == []


@pytest.mark.proves("P1 P2 P3 P4 P6 P11", fault="F5", of="gateway coordinator scheduler launcher storage location")
def test_a_rolling_restart_fails_no_call_and_loses_no_run(bench: Bench) -> None:
    history, drained = History(), {}
    with loaded(Load(bench.cluster.target, history, seed=5, runs=10, pause=0.1)):
        for name in (*SERVICES, LOCATION):
            time.sleep(0.5)  # noqa: TID251 - for the load to go on in between
            began = time.monotonic()
            bench.cluster.kill(name, number=signal.SIGTERM)
            drained[name] = time.monotonic() - began
            bench.cluster.start_process(name)
            bench.cluster.wait_until_serving()
    print({name: f"{seconds:.1f} s" for name, seconds in drained.items()}, len(list(history)))
    assert history.failed_early() == []
    with bench.cluster.client() as client:
        states = {ended(client, each.run_id).state for each in history.of_kind("submit")}
    assert max(drained.values()) < DRAIN_SECONDS
    assert states <= {"succeeded", "canceled"}


@pytest.mark.proves("P1 P2 P3 P4 P6", fault="F3", of="gateway coordinator scheduler launcher storage location worker")
def test_when_everything_was_killed_at_once_work_goes_on_within_ten_seconds(bench: Bench) -> None:
    with bench.cluster.client() as client:
        before = [submit(client) for _ in range(4)]
        for name in (*SERVICES, LOCATION):
            bench.cluster.kill(name)
        began = time.monotonic()
        for name in (*SERVICES, LOCATION):
            bench.cluster.start_process(name)
        first = submit(client, seconds=0.0)
        wait_until(lambda: bench.worker_of(first), PATIENCE, "user code of the first new run")
        seconds = time.monotonic() - began
        assert all(ended(client, run_id).succeeded for run_id in before)
    print(f"user code of the first new run after {seconds:.1f} s")
    assert seconds < FIRST_CLAIM_SECONDS


@pytest.mark.proves("P1 P2 P3 P4 P6", fault="F8", of="coordinator scheduler launcher gateway worker")
@pytest.mark.skipif(not AT_LENGTH, reason="takes a minute")
def test_after_a_long_outage_of_storage_work_goes_on_within_ten_seconds(bench: Bench) -> None:
    bench.cluster.kill("storage")
    time.sleep(60)  # noqa: TID251 - the outage
    bench.cluster.start_process("storage")
    began = time.monotonic()
    with bench.cluster.client() as client:
        first = submit(client, seconds=0.0)
        wait_until(lambda: bench.worker_of(first), PATIENCE, "user code of the first new run")
    seconds = time.monotonic() - began
    print(f"user code of the first new run after {seconds:.1f} s")
    assert seconds < FIRST_CLAIM_SECONDS
