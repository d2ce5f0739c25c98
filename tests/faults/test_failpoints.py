"""A process that dies, raises or hangs at the worst moment: what it was about is brought to its right end all the same."""

from __future__ import annotations

import pytest

from faults.bench import Bench
from faults.chaos.keeper import Keeper
from faults.failpoints.cases import CASES, Case
from faults.failpoints.discovery import points_in_code
from faults.failpoints.scenarios import PATIENCE, SCENARIOS
from faults.invariants import OVER
from faults.size import AT_LENGTH
from rig.waiting import wait_until

LEASE = 5
SETTINGS = {
    "leases": {"duration_seconds": LEASE, "renew_seconds": 1, "unclaimed_seconds": 4},
    "run_monitoring": {"enabled": True, "max_resume_run_attempts": 5},
    "retention": {"runs_days": 100, "events_days": 100},
}
# What a point does: the process dies as if killed, an unexpected error comes up, or it stands still past its lease.
ACTIONS = ("exit", "raise", f"sleep:{LEASE + 1}") if AT_LENGTH else ("exit",)

TRIES = 2

pytestmark = [pytest.mark.xdist_group("failpoints"), pytest.mark.timeout(600)]


def what_to_break() -> list[tuple[Case, str]]:
    cases = [each for case in CASES for each in case.each()] if AT_LENGTH else [case for case in CASES if not case.rare]
    # An exception in the middle of a step is the step's failure, and rightly ends its run.
    return [
        (case, action)
        for case in cases
        for action in ACTIONS
        if (case.points, action) != (("worker.mid_step",), "raise")
    ]


@pytest.mark.proves("P1 P2 P3 P4 P6 P8", fault="F2", of="coordinator scheduler launcher storage location worker")
@pytest.mark.parametrize(("case", "action"), what_to_break(), ids=str)
def test_what_breaks_comes_right(bench: Bench, case: Case, action: str) -> None:
    bench.arm(case.member, case.points, action)
    with Keeper(bench.cluster):
        # What broke once may have taken a short cut past the other points.
        for _ in range(TRIES + len(case.points)):
            SCENARIOS[case.scenario](bench)
            if not bench.missing():
                break
        bench.disarm()
    assert not bench.missing()
    wait_until(lambda: all(run.state in OVER for run in bench.survey().runs), PATIENCE, what="the end of every run")
    assert bench.violations() == []


def test_every_point_of_the_code_has_a_case() -> None:
    covered = {point for case in CASES for point in case.points}
    assert covered == points_in_code()
