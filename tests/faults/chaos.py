"""Kills processes of a split deployment at random moments, and starts again what has ended, as an init system would."""

from __future__ import annotations

import random
import threading
from collections import Counter
from types import TracebackType

import psutil

from rig.cluster import LOCATION, SERVICES, Cluster

BELOW_LOCATION = "below the location"
"""The host, a worker or a step: whatever lives below the location's front at that moment."""
VICTIMS = (*SERVICES, LOCATION, BELOW_LOCATION, BELOW_LOCATION, BELOW_LOCATION)
LOOK_SECONDS = 0.1


class Chaos:
    """Kills between `shortest` and `longest` seconds apart until the block ends, then waits for all to serve again."""

    def __init__(
        self,
        cluster: Cluster,
        chance: random.Random,
        victims: tuple[str, ...] = VICTIMS,
        shortest: float = 0.2,
        longest: float = 1.2,
    ) -> None:
        self.kills: Counter[str] = Counter()
        self._cluster = cluster
        self._chance = chance
        self._victims = victims
        self._pause = (shortest, longest)
        self._stopping = threading.Event()
        self._killer = threading.Thread(target=self._kill, name="killer")
        self._keeper = threading.Thread(target=self._keep, name="keeper")

    def __enter__(self) -> Chaos:
        self._keeper.start()
        self._killer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._killer.join()
        self._keeper.join()
        if error is None:
            self._cluster.revive()
            self._cluster.wait_until_serving()

    def _kill(self) -> None:
        while not self._stopping.wait(self._chance.uniform(*self._pause)):
            victim = self._chance.choice(self._victims)
            process = self._find(victim)
            if process is not None:
                process.kill()
                self.kills[victim] += 1

    def _find(self, victim: str) -> psutil.Popen | psutil.Process | None:
        name = LOCATION if victim == BELOW_LOCATION else victim
        members = list(self._cluster.processes.items())
        running = [process for (of, _), process in members if of == name and process.running]
        if not running:
            return None
        chosen = self._chance.choice(running)
        if victim != BELOW_LOCATION:
            return chosen.process
        descendants = chosen.descendants()
        return self._chance.choice(descendants) if descendants else None

    def _keep(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            self._cluster.revive()
