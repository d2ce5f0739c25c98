"""Carries out a plan of kills."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType

import psutil

from faults.chaos.keeper import Keeper
from faults.chaos.plan import Kill
from faults.chaos.victims import find_victim
from rig.cluster import Cluster
from rig.processes import is_alive
from rig.waiting import wait_until

LOOK_SECONDS = 0.005
PATIENCE_SECONDS = 20.0
"""How long a victim is waited for: a worker lives for a fraction of a second only."""


class Killer:
    """Kills in the background until the plan is done; what has ended is started again until all serve.

    Attributes:
        kills: How many of each kind were killed.
        missed: Kinds of which none was there to kill.
        last: When the last one was, on the monotonic clock.
    """

    def __init__(self, cluster: Cluster, plan: Sequence[Kill], seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.last = 0.0
        self._cluster = cluster
        self._plan = plan
        self._chance = random.Random(seed)
        self._done = threading.Event()
        self._abandoned = threading.Event()
        self._keeper = Keeper(cluster)
        self._thread = threading.Thread(target=self._kill_all, name="killer")

    @property
    def working(self) -> bool:
        """Whether there is more to kill."""
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
        self._keeper.__exit__(kind, error, trace)

    def _kill_all(self) -> None:
        try:
            for kill in self._plan:
                if self._abandoned.wait(kill.pause):
                    return
                self._kill(kill.kind)
        finally:
            self._done.set()

    def _kill(self, kind: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not self._abandoned.wait(LOOK_SECONDS):
            victim = find_victim(self._cluster, kind, self._chance)
            if victim is not None and _killed(victim):
                self.kills[kind] += 1
                self.last = time.monotonic()
                return
        self.missed[kind] += 1


def _killed(victim: psutil.Process) -> bool:
    try:
        victim.kill()
    except psutil.NoSuchProcess:
        return False
    wait_until(lambda: not is_alive(victim.pid), what=f"the end of {victim}")
    return True
