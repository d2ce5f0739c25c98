"""Starts again what has ended, as an init system would."""

from __future__ import annotations

import threading
from types import TracebackType

from rig.cluster import Cluster
from rig.processes import is_alive
from rig.waiting import wait_until

LOOK_SECONDS = 0.05


class Keeper:
    """Keeps the processes of a cluster alive in the background; the block ends with all of them serving."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper")

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._thread.join()
        if error is None:
            wait_until(self._nothing_is_dying, what="the end of what was killed")
            self._cluster.revive()
            self._cluster.wait_until_serving()

    def _nothing_is_dying(self) -> bool:
        # A killed process is a zombie some time before its threads have ended and it can be waited for.
        return all(process.running == is_alive(process.pid) for process in self._cluster.processes.values())

    def _keep(self) -> None:
        while not self._leaving.wait(LOOK_SECONDS):
            self._cluster.revive()
