"""One seed: a deployment, its clients, their trouble, and what is left of the promises afterwards."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from faults import invariants
from faults.history import History
from faults.simulation.clients import Client
from faults.simulation.deployment import CANCEL_TIMEOUT, LEASE, LIMIT, Deployment
from faults.simulation.location import SCHEDULES, SENSOR
from faults.simulation.network import FAIR, Network, Weather
from faults.simulation.process import Process
from faults.simulation.sources import EPOCH
from faults.simulation.trouble import Trouble
from faults.simulation.virtual_loop import VirtualLoop
from faults.survey import Survey, survey_file
from headrace.api.coordinator.v1.coordinator_service_pb2_grpc import CoordinatorServiceStub

TROUBLE_SECONDS = 100.0
AFTERWARDS_SECONDS = 90.0
CLIENTS, PAUSE = 2, 1.5
DATABASE = "headrace.db"


@dataclass
class Story:
    """What came of a seed.

    Attributes:
        violations: By promise; empty if all were kept.
        made: The trouble there was.
        runs: How many runs there were, by state.
        lasted: How many seconds passed in it.
        took: How many seconds it took.
        digest: Of everything that was stored: the same for the same seed.
    """

    seed: int
    violations: dict[str, list[str]]
    made: Counter[str]
    runs: Counter[str]
    lasted: float
    took: float
    digest: str

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.runs.total()} runs {dict(sorted(self.runs.items()))}, "
            f"{self.made.total()} troubles in {self.lasted:.0f} s that took {self.took:.1f} s, {self.digest}: "
            f"{self.violations or 'ok'}"
        )


def tell(seed: int) -> Story:
    """Lives through a seed. The process it happens in is of no use afterwards: killed processes stay where they were."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="simulation-") as home:
        random.seed(seed)
        loop = _virtual_time()
        world = World(loop, Path(home), random.Random(seed))
        loop.run_until_complete(world.live())
        found = survey_file(next(Path(home).rglob(DATABASE)))
    return Story(
        seed,
        violations(found, world),
        world.trouble.made,
        Counter(run.state for run in found.runs),
        loop.time(),
        time.perf_counter() - began,
        blake2b(repr(found).encode(), digest_size=8).hexdigest(),
    )


class World:
    """A deployment with all that surrounds it."""

    def __init__(self, loop: VirtualLoop, home: Path, chance: random.Random) -> None:
        self.network = Network(loop, random.Random(chance.getrandbits(64)), FAIR)
        self.deployment = Deployment(loop, self.network, random.Random(chance.getrandbits(64)), home)
        self.trouble = Trouble(self.deployment, random.Random(chance.getrandbits(64)))
        self.history = History()
        self._chance = chance

    async def live(self) -> None:
        """Lives through it."""
        await self.deployment.start_all()
        self.network.weather = Weather()
        clients = [asyncio.ensure_future(self._client(number).be(TROUBLE_SECONDS)) for number in range(CLIENTS)]
        await self.trouble.make(TROUBLE_SECONDS)
        self.network.weather = FAIR
        await asyncio.gather(*clients)
        for member in ("scheduler-1", "scheduler-2"):
            await asyncio.sleep(10)
            self.deployment.kill(self.deployment.processes[member])
        self.ended = self.deployment.clock.now()
        await asyncio.sleep(AFTERWARDS_SECONDS)
        for process in (*self.deployment.processes.values(), *self.deployment.workers.values()):
            self.deployment.kill(process)

    def _client(self, number: int) -> Client:
        stub = CoordinatorServiceStub(self.network.channel(Process(f"client-{number}"), "coordinator"))
        return Client(stub, random.Random(self._chance.getrandbits(64)), PAUSE, self.history)


def violations(found: Survey, world: World) -> dict[str, list[str]]:
    """Returns what was broken, by promise."""
    sightings = world.deployment.sightings
    due = _due_times(world.ended - timedelta(seconds=15))
    ticks = [tick for tick in found.ticks if tick.name in SCHEDULES and tick.due_time <= due[-1]]
    named = {run_id for tick in ticks for run_id in tick.run_ids}
    all_found = {
        "P1": invariants.lost_runs(world.history, found.runs),
        "P2": invariants.double_claims(found.facts, sightings),
        "P3": invariants.illegal_transitions(found.runs, found.facts),
        "P4": invariants.gaps(found.runs, found.facts),
        "P6": invariants.duplicate_or_stale_events(found.facts),
        "P7": invariants.ticks_vs_cron(
            ticks, [run for run in found.runs if run.run_id in named], dict.fromkeys(SCHEDULES, due)
        ),
        "P8": invariants.sensor_atomicity(SENSOR, found),
        "P9": invariants.canceled_runs_that_went_on(
            world.history, found, sightings, grace=LEASE - 0.5, bound=CANCEL_TIMEOUT + LEASE + 60
        ),
        "P10": invariants.exceeded_limits(found.facts, LIMIT),
        "P11": invariants.repeated_effects(world.history, found.runs),
    }
    return {promise: each for promise, each in all_found.items() if each}


def _due_times(until: datetime) -> list[datetime]:
    first = EPOCH.replace(second=0) + timedelta(minutes=1)
    return [first + timedelta(minutes=n) for n in range(int((until - first).total_seconds() // 60) + 1)]


def _virtual_time() -> VirtualLoop:
    """Has everything in this process that looks at a clock see virtual time, from now on."""
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    time.monotonic = loop.time
    return loop
