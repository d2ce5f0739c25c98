"""Starts again what has ended, as an init system would."""

from __future__ import annotations

import threading
from types import TracebackType

from rig.cluster import Cluster

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
            self._cluster.revive()
            self._cluster.wait_until_serving()

    def _keep(self) -> None:
        while not self._leaving.wait(LOOK_SECONDS):
            self._cluster.revive()
