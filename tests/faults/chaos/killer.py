"""Carries out a plan of faults."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

import psutil

from faults.chaos.keeper import Keeper
from faults.chaos.plan import Hit
from faults.chaos.victims import find_victim
from rig.cluster import Cluster
from rig.processes import is_alive
from rig.waiting import wait_until

LOOK_SECONDS = 0.005
PATIENCE_SECONDS = 20.0
"""How long a victim is waited for: a worker lives for a fraction of a second only."""


class Killer:
    """Kills and freezes in the background until the plan is done; what has ended is started again until all serve.

    Attributes:
        kills: How many of each kind were killed.
        freezes: How many of each kind were frozen for a while.
        missed: Kinds of which none was there to hit.
        last: When the last fault healed, on the monotonic clock.
    """

    def __init__(self, cluster: Cluster, plan: Sequence[Hit], seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self.freezes: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.last = 0.0
        self._cluster = cluster
        self._plan = plan
        self._chance = random.Random(seed)
        self._thaws: list[threading.Thread] = []
        self._done = threading.Event()
        self._abandoned = threading.Event()
        self._keeper = Keeper(cluster)
        self._thread = threading.Thread(target=self._hit_all, name="killer")

    @property
    def working(self) -> bool:
        """Whether there is more to come."""
        return not self._done.is_set()

    def __enter__(self) -> Killer:
        self._keeper.__enter__()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._abandoned.set()
        self._thread.join()
        for thaw in self._thaws:
            thaw.join()
        self._keeper.__exit__(kind, error, trace)

    def _hit_all(self) -> None:
        try:
            for hit in self._plan:
                if self._abandoned.wait(hit.pause):
                    return
                self._hit(hit)
        finally:
            self._done.set()

    def _hit(self, hit: Hit) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not self._abandoned.wait(LOOK_SECONDS):
            victim = find_victim(self._cluster, hit.kind, self._chance)
            if victim is not None and (self._froze(victim, hit) if hit.frozen else self._killed(victim, hit)):
                return
        self.missed[hit.kind] += 1

    def _killed(self, victim: psutil.Process, hit: Hit) -> bool:
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            return False
        wait_until(lambda: not is_alive(victim.pid), what=f"the end of {victim}")
        self.kills[hit.kind] += 1
        self.last = max(self.last, time.monotonic())
        return True

    def _froze(self, victim: psutil.Process, hit: Hit) -> bool:
        try:
            victim.suspend()
        except psutil.NoSuchProcess:
            return False
        thaw = threading.Timer(hit.frozen, _thaw, [victim])
        thaw.start()
        self._thaws.append(thaw)
        self.freezes[hit.kind] += 1
        self.last = max(self.last, time.monotonic() + hit.frozen)
        return True


def _thaw(victim: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        victim.resume()
