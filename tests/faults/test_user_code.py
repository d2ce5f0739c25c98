"""User code that does its worst harms its own run and nothing else, and its run says why it ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.bench import Bench
from headrace.client.runs import Run

DEFINITIONS = Path(__file__).parent / "locations/troubled.py"
SETTINGS = {
    "leases": {"duration_seconds": 6, "renew_seconds": 1, "unclaimed_seconds": 6},
    "run_monitoring": {"enabled": True, "cancel_timeout_seconds": 3},
}
# By job: how the run ends, and what it says of that.
ENDS = {
    "leave_quietly_here": ("failed", "it ended without finishing the run"),
    "leave_quietly_apart": ("failed", "exited with code 0"),
    "die_of_memory_here": ("failed", "it was killed by SIGKILL"),
    "die_of_memory_apart": ("failed", "was killed by SIGKILL"),
    "crash_here": ("failed", "it was killed by SIGABRT"),
    "crash_apart": ("failed", "was killed by SIGABRT"),
    "shout_here": ("succeeded", ""),
    "shout_apart": ("succeeded", ""),
    "babble_here": ("succeeded", ""),
    "babble_apart": ("succeeded", ""),
    "return_what_cannot_be_stored_here": ("failed", "pickle"),
    "return_what_cannot_be_stored_apart": ("failed", "pickle"),
    "raise_what_cannot_be_told_here": ("failed", "UnspeakableError"),
    "raise_what_cannot_be_told_apart": ("failed", "UnspeakableError"),
    "close_everything_here": ("failed", ""),
    "close_everything_apart": ("failed", ""),
    "leave_children_behind_here": ("succeeded", ""),
    "leave_children_behind_apart": ("succeeded", ""),
    "exit_politely_here": ("failed", "enough"),
    "exit_politely_apart": ("failed", "enough"),
    "fork_and_return_here": ("succeeded", ""),
    "fork_and_return_apart": ("succeeded", ""),
}

pytestmark = [pytest.mark.xdist_group("user code"), pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def promises(bench: Bench) -> Iterator[None]:
    """What is promised of runs holds after each test."""
    yield
    assert bench.violations() == []


@pytest.mark.proves("P1 P3 P4 P6 P12", fault="F17", of="worker")
def test_each_run_ends_and_says_why(bench: Bench) -> None:
    with bench.cluster.client() as client:
        run_ids = {job_name: client.submit_job(job_name).run_id for job_name in ENDS}
        runs = {job_name: client.wait(run_id, timeout=60) for job_name, run_id in run_ids.items()}
    wrong = {name: told(run) for name, run in runs.items() if not as_expected(run, *ENDS[name])}
    print(*(f"{name}: {told(run)}" for name, run in runs.items()), sep="\n")
    assert wrong == {}


@pytest.mark.proves("P9 P12", fault="F17", of="worker")
@pytest.mark.parametrize("where", ["here", "apart"])
def test_a_run_that_ignores_its_cancel_is_ended(bench: Bench, where: str) -> None:
    with bench.cluster.client() as client:
        run_id = client.submit_job(f"ignore_signals_{where}").run_id
        for event in client.watch(run_id, timeout=30):
            if event.kind == "step_started":
                client.cancel(run_id)
        assert client.get_run(run_id).state == "canceled"


def as_expected(run: Run, state: str, why: str) -> bool:
    return run.state == state and why in told(run)


def told(run: Run) -> str:
    return f"{run.state}: {run.failure}"
