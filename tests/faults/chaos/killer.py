"""Carries a plan out, and starts again what has ended, as an init system would."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

import psutil

from faults.chaos.plan import Kill
from faults.chaos.victims import find_victim
from rig.cluster import Cluster

LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 20.0
"""How long a victim is waited for: a worker lives for a fraction of a second only."""


class Killer:
    """Kills in the background until the plan is done; the block ends with all processes serving.

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
        self._leaving = threading.Event()
        self._killer = threading.Thread(target=self._kill_all, name="killer")
        self._keeper = threading.Thread(target=self._keep, name="keeper")

    @property
    def working(self) -> bool:
        """Whether there is more to kill."""
        return not self._done.is_set()

    def __enter__(self) -> Killer:
        self._keeper.start()
        self._killer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._abandoned.set()
        self._killer.join()
        self._leaving.set()
        self._keeper.join()
        if error is None:
            self._cluster.revive()
            self._cluster.wait_until_serving()

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
        while time.monotonic() < deadline and not self._abandoned.is_set():
            victim = find_victim(self._cluster, kind, self._chance)
            if victim is None:
                self._abandoned.wait(LOOK_SECONDS / 10)
                continue
            with suppress(psutil.NoSuchProcess):
                victim.kill()
                self.kills[kind] += 1
                self.last = time.monotonic()
                return
        self.missed[kind] += 1

    def _keep(self) -> None:
        while not self._leaving.wait(LOOK_SECONDS):
            self._cluster.revive()
