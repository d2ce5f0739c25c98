"""Ticks under fire: two schedulers and what they talk to are killed around the moments at which schedules are due."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from faults import invariants
from faults.chaos import Chaos
from headrace.client.automation import Tick
from headrace.client.client import Client
from headrace.errors import UnavailableError
from rig.cluster import LOCATION, Cluster, StartCluster
from rig.waiting import wait_until

MINUTELY = Path(__file__).parent / "locations/minutely.py"
COUNT = 50
MINUTES = int(os.environ.get("HEADRACE_FAULTS_MINUTES", "2"))
SEED = int(os.environ.get("HEADRACE_FAULTS_SEED", str(time.time_ns() % 10_000)))
VICTIMS = ("scheduler", "scheduler", "scheduler", "storage", "coordinator", LOCATION)
AFTER_THE_LAST_FAULT = 60.0


@pytest.fixture
def cluster(start_cluster: StartCluster) -> Cluster:
    return start_cluster(MINUTELY, replicas={"scheduler": 2}, settings={"run_queue": {"max_concurrent_runs": 10}})


@pytest.mark.timeout(900)
@pytest.mark.slow
def test_no_tick_is_lost_and_none_is_doubled(cluster: Cluster) -> None:
    print(f"HEADRACE_FAULTS_SEED={SEED} HEADRACE_FAULTS_MINUTES={MINUTES}")
    begin = datetime.now(timezone.utc)
    first = (begin + timedelta(minutes=1)).replace(second=0, microsecond=0)
    last = first + timedelta(minutes=MINUTES - 1)
    with cluster.client() as client:
        with Chaos(cluster, random.Random(SEED), VICTIMS, shortest=0.5, longest=2.0) as chaos:
            wait_until(lambda: datetime.now(timezone.utc) > last + timedelta(seconds=8), 60 * MINUTES + 90)
        wait_until(
            lambda: all(ticks_of(client, first, last).values()) and committed(client, first, last) >= COUNT * MINUTES,
            AFTER_THE_LAST_FAULT,
            what="every tick being committed",
            retry_on=(UnavailableError,),
        )
        ticks = ticks_of(client, first, last)
        dues = {f"{first + timedelta(minutes=number):%Y-%m-%dT%H:%M}" for number in range(MINUTES)}
        runs = [run for run in client.list_runs(limit=None) if run.tags["due"][:16] in dues]
    print(f"killed {dict(chaos.kills)}")
    assert chaos.kills["scheduler"] > 0
    assert invariants.wrong_ticks(ticks, first, last) == []
    assert invariants.wrong_scheduled_runs(runs, ticks) == []


def ticks_of(client: Client, first: datetime, last: datetime) -> dict[str, Sequence[Tick]]:
    schedules = client.schedules.list(limit=None)
    assert len(schedules) == COUNT
    return {
        schedule.name: [
            tick
            for tick in client.schedules.ticks(schedule.name, limit=None)
            if tick.due_time is not None and first <= tick.due_time <= last
        ]
        for schedule in schedules
    }


def committed(client: Client, first: datetime, last: datetime) -> int:
    return sum(map(len, ticks_of(client, first, last).values()))
