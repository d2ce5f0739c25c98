"""Runs under fire: processes of every kind are killed at random moments while runs are submitted and executed."""

from __future__ import annotations

import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pytest

from faults import invariants
from faults.chaos.killer import Killer
from faults.chaos.load import Load, refusals
from faults.chaos.plan import plan_hits
from faults.chaos.tail import Tail
from faults.chaos.victims import FREEZABLE, KINDS
from faults.history import History
from faults.size import AT_LENGTH, Size
from faults.survey import Survey, survey, survey_file
from faults.witness import Sighting, read_sightings
from headrace.errors import DeadlineExceededError, UnavailableError
from rig.cluster import Cluster, StartCluster
from rig.waiting import wait_until

WITNESSED = Path(__file__).parent / "locations/witnessed.py"
AFTER_THE_LAST_FAULT = 60.0
LIMIT = 8
LOCATIONS = {"location": WITNESSED, "elsewhere": WITNESSED}
REPLICAS = {"coordinator": 2, "scheduler": 2, "launcher": 2}
# One that counts in each location; they must not be called alike, for what the database holds is told apart by name.
SENSORS = {"counter": "location", "thoughtful": "elsewhere"}
LEASE, CANCEL_TIMEOUT = 5.0, 5.0
# A heartbeat brings the cancel; with what it goes through killed and frozen, the lease ends first.
UNHEARD = LEASE - 0.5
SETTINGS = {
    "leases": {"duration_seconds": LEASE, "renew_seconds": 1.0, "unclaimed_seconds": 5},
    "run_monitoring": {"enabled": True, "max_resume_run_attempts": 5, "cancel_timeout_seconds": int(CANCEL_TIMEOUT)},
    "run_queue": {"max_concurrent_runs": LIMIT},
}


@dataclass
class Story:
    """What happened, from everybody's point of view."""

    size: Size
    killer: Killer
    history: History = field(default_factory=History)
    survey: Survey = field(default_factory=Survey)
    sightings: list[Sighting] = field(default_factory=list)
    tail: list = field(default_factory=list)
    seconds_to_heal: float = 0.0


@pytest.fixture(scope="module")
def size() -> Size:
    return Size.of_environment()


@pytest.mark.proves(
    "P1 P2 P3 P4 P5 P6 P8 P9 P10 P11", fault="F1", of="gateway coordinator scheduler launcher storage location worker"
)
@pytest.mark.proves(
    "P1 P2 P3 P4 P5 P6 P8 P9 P10 P11", fault="F4", of="gateway coordinator scheduler launcher storage location"
)
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("options", [{}, {"database_url": ""}] if AT_LENGTH else [{}], ids=str)
def test_promises_hold_whatever_is_killed(
    start_cluster: StartCluster, witness: Path, size: Size, options: dict[str, str]
) -> None:
    print(size.command("tests/faults/test_runs_survive.py"))
    cluster = start_cluster(LOCATIONS, settings=SETTINGS, replicas=REPLICAS, **options)
    story = live_through(cluster, witness, size)
    print(told(story))
    assert set(story.killer.kills) == set(KINDS)
    assert violations(story) == {}


def live_through(cluster: Cluster, witness: Path, size: Size) -> Story:
    plan = plan_hits(size.seed, size.kills, KINDS, (0.3, 1.5), FREEZABLE, (LEASE / 5, LEASE * 1.5))
    story = Story(size, Killer(cluster, plan, size.seed))
    load = Load(cluster.target, story.history, size.seed, size.runs, pause=0.25, locations=list(LOCATIONS))
    with Tail(cluster.target) as tail:
        with cluster.client() as client:
            for name, location in SENSORS.items():
                client.sensors.start(name, location_name=location)
        with story.killer:
            load.run(keep_going=lambda: story.killer.working)
        end_the_sensors(cluster)
        wait_until(
            lambda: is_over(cluster),
            AFTER_THE_LAST_FAULT,
            what="the end of every run",
            retry_on=(UnavailableError, DeadlineExceededError),
        )
        story.seconds_to_heal = time.monotonic() - story.killer.last
        story.survey = looked_at(cluster)
        tail.wait_for(story.survey.facts[-1])
        story.tail = tail.facts
    story.sightings = list(read_sightings(witness))
    return story


def looked_at(cluster: Cluster) -> Survey:
    """Reads the database; a file has one reader at a time."""
    if cluster.database_url:
        return survey(cluster.database_url)
    cluster.kill("storage", number=signal.SIGTERM)
    seen = survey_file(cluster.home / "headrace.db")
    cluster.start_process("storage")
    return seen


def end_the_sensors(cluster: Cluster) -> None:
    """Returns when no tick can ask for another run: neither one to come nor one that had begun."""
    with cluster.client() as client:
        for name, location in SENSORS.items():
            client.sensors.stop(name, location_name=location)
    for replica in range(cluster.replicas["scheduler"]):
        cluster.kill("scheduler", replica, signal.SIGTERM)


def is_over(cluster: Cluster) -> bool:
    with cluster.client() as client:
        return not client.list_runs(states=["queued", "starting", "running", "canceling"], limit=1)


def violations(story: Story) -> dict[str, list[str]]:
    """Returns what was broken, by promise."""
    seen, runs = story.survey, story.survey.runs
    found = {
        "P1": invariants.lost_runs(story.history, runs),
        "P2": invariants.double_claims(seen.facts, story.sightings),
        "P3": invariants.illegal_transitions(runs, seen.facts),
        "P4": invariants.gaps(runs, seen.facts),
        "P5": invariants.feed_vs_table(story.tail, seen.facts),
        "P6": invariants.duplicate_or_stale_events(seen.facts),
        "P8": [*chain.from_iterable(invariants.sensor_atomicity(name, seen) for name in SENSORS)],
        "P9": invariants.canceled_runs_that_went_on(
            story.history, seen, story.sightings, grace=UNHEARD, bound=CANCEL_TIMEOUT + LEASE + AFTER_THE_LAST_FAULT
        ),
        "P10": invariants.exceeded_limits(seen.facts, LIMIT),
        "P11": invariants.repeated_effects(story.history, runs),
        "refused": [f"{each.kind} {each.key}: {each.error}" for each in refusals(story.history)],
    }
    return {promise: each for promise, each in found.items() if each}


def told(story: Story) -> str:
    states = Counter(run.state for run in story.survey.runs)
    attempts = Counter(run.attempt for run in story.survey.runs)
    return (
        f"killed {story.killer.kills.total()}: {dict(story.killer.kills)}; frozen {dict(story.killer.freezes)}\n"
        f"{len(story.survey.runs)} runs ended as {dict(states)} in attempts {dict(sorted(attempts.items()))}; "
        f"{len(story.survey.facts)} events; all over {story.seconds_to_heal:.1f} s after the last kill\n"
        f"{Counter((each.kind, each.outcome) for each in story.history)}"
    )
