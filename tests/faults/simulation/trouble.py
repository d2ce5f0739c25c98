"""What goes wrong, as the seed says: processes are killed and frozen, and some cannot reach each other for a while."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from faults.simulation.deployment import LEASE, MEMBERS, Deployment
from faults.simulation.process import Process

BETWEEN_SECONDS = 1.5
KILLED, FROZEN = 0.5, 0.3
"""Of all troubles; in the others somebody is cut off."""
WORKER = "worker"


@dataclass
class Trouble:
    """Makes trouble until it is told to stop.

    Attributes:
        made: How often, by kind and victim.
    """

    deployment: Deployment
    chance: random.Random
    made: Counter[str] = field(default_factory=Counter)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def make(self, seconds: float) -> None:
        """Makes trouble for so long, and returns when everything works again."""
        until = self.deployment.clock.monotonic() + seconds
        while self.deployment.clock.monotonic() < until:
            await asyncio.sleep(self.chance.expovariate(1 / BETWEEN_SECONDS))
            self._strike()
        await asyncio.gather(*self._tasks)
        self.deployment.network.cut.clear()

    def _strike(self) -> None:
        kind, dice = self.chance.choice((*MEMBERS, WORKER, WORKER)), self.chance.random()
        victim = self._victim(kind)
        if victim is None:
            return
        if dice < KILLED:
            self._kill(kind, victim)
        elif dice < KILLED + FROZEN:
            self._begin("frozen", victim, self.deployment.freeze(victim, self.chance.uniform(0.2, 1.6 * LEASE)))
        else:
            self._begin("cut off", victim, self._cut_off(victim))

    def _victim(self, kind: str) -> Process | None:
        if kind == WORKER:
            living = [process for process in self.deployment.workers.values() if process.goes_on]
            return self.chance.choice(living) if living else None
        process = self.deployment.processes[kind]
        return process if process.goes_on else None

    def _kill(self, kind: str, victim: Process) -> None:
        if kind == WORKER:
            self.made["killed worker"] += 1
            self.deployment.kill(victim)
        else:
            self._begin("killed", victim, self.deployment.restart(kind))

    async def _cut_off(self, victim: Process) -> None:
        others = [name for name in MEMBERS if name != victim.name]
        pairs = {frozenset((victim.name, other)) for other in self.chance.sample(others, self.chance.randint(1, 3))}
        self.deployment.network.cut |= pairs
        await asyncio.sleep(self.chance.uniform(0.5, 1.5 * LEASE))
        self.deployment.network.cut -= pairs

    def _begin(self, what: str, victim: Process, work: Coroutine[Any, Any, None]) -> None:
        self.made[f"{what} {victim.name.partition('-')[0]}"] += 1
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
