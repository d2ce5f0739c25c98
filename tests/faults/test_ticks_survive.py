"""Ticks under fire: two schedulers and what they talk to are killed around the moments at which schedules are due."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from faults import invariants
from faults.chaos.killer import Killer
from faults.chaos.plan import plan_hits
from faults.size import Size
from faults.survey import StoredTick, Survey, survey
from rig.cluster import LOCATION, StartCluster
from rig.waiting import wait_until

MINUTELY = Path(__file__).parent / "locations/minutely.py"
COUNT = 50
KINDS = ("scheduler", "scheduler", "storage", "coordinator", "scheduler", LOCATION, "host", "scheduler")
BEFORE, AFTER = timedelta(seconds=4), timedelta(seconds=6)
"""Around each minute, when processes are killed."""
SECONDS_PER_KILL = 0.9
AFTER_THE_LAST_FAULT = 60.0
SETTINGS = {"run_queue": {"max_concurrent_runs": 10}, "leases": {"unclaimed_seconds": 5}}


@pytest.mark.proves("P3 P4 P7", fault="F1", of="scheduler storage coordinator location")
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_tick_is_lost_and_none_is_doubled(start_cluster: StartCluster, postgres_url: str) -> None:
    size = Size.of_environment()
    print(size.command("tests/faults/test_ticks_survive.py"))
    cluster = start_cluster(MINUTELY, replicas={"scheduler": 2}, settings=SETTINGS)
    wait_until(lambda: len(survey(postgres_url).cursors) == COUNT, what="every schedule being known")
    due = due_times(size.minutes)
    kills = 0
    for moment in due:
        sleep_until(moment - BEFORE)
        plan = plan_hits(size.seed + kills, int((BEFORE + AFTER).total_seconds() / SECONDS_PER_KILL), KINDS, (0.4, 1.4))
        with Killer(cluster, plan, size.seed) as killer:
            sleep_until(moment + AFTER)
        assert killer.kills["scheduler"] > 0
        kills += killer.kills.total()
    seen = wait_until(lambda: all_over(survey(postgres_url), due), AFTER_THE_LAST_FAULT, what="every tick and its run")
    ticks = ticks_at(seen, due)
    print(f"killed {kills}; lateness of {len(ticks)} ticks: {lateness(ticks)}")
    runs = [run for run in seen.runs if run.tags["due"] in {moment.isoformat() for moment in due}]
    assert invariants.ticks_vs_cron(ticks, runs, {name: due for name in seen.cursors}) == []
    assert invariants.illegal_transitions(seen.runs, seen.facts) == []
    assert invariants.gaps(seen.runs, seen.facts) == []


def due_times(minutes: int) -> list[datetime]:
    """The next minutes that leave time to begin killing before."""
    first = (datetime.now(timezone.utc) + BEFORE + timedelta(minutes=1)).replace(second=0, microsecond=0)
    return [first + timedelta(minutes=number) for number in range(minutes)]


def sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(timezone.utc)).total_seconds()))  # noqa: TID251


def all_over(seen: Survey, due: Sequence[datetime]) -> Survey | None:
    """What was found, once there is nothing more to wait for."""
    made = len(ticks_at(seen, due)) >= COUNT * len(due)
    return seen if made and all(run.state in invariants.OVER for run in seen.runs) else None


def ticks_at(seen: Survey, due: Sequence[datetime]) -> list[StoredTick]:
    return [tick for tick in seen.ticks if due[0] <= tick.due_time < due[-1] + timedelta(minutes=1)]


def lateness(ticks: Sequence[StoredTick]) -> str:
    found = sorted(tick.lateness.total_seconds() for tick in ticks)
    return f"p50 {found[len(found) // 2]:.2f} s, p99 {found[int(len(found) * 0.99)]:.2f} s, most {found[-1]:.2f} s"
