"""Keeps the lease while the run goes on, and says when it is lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Protocol

from headrace.faults import point
from headrace_codeloc.worker.calls import UnreachableError
from headrace_codeloc.worker.lease import Lease

_RETRY_SECONDS = 0.5


class Renewing(Protocol):
    """What renews a lease."""

    def heartbeat(self, lease: Lease, seconds: float) -> bool:
        """Renews it with one try; returns whether the run is to be canceled."""
        ...


class Heartbeat:
    """Renews the lease in the background.

    Args:
        coordinator: Renews it.
        lease: The lease.
        interval: Seconds between renewals.
        cancel: Called when the coordinator says that the run is to be canceled.
        abandon: Called when the lease is lost.
    """

    def __init__(
        self,
        coordinator: Renewing,
        lease: Lease,
        interval: float,
        *,
        cancel: Callable[[], None],
        abandon: Callable[[Exception], None],
    ) -> None:
        self._coordinator = coordinator
        self._lease = lease
        self._interval = interval
        self._cancel = cancel
        self._abandon = abandon
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="headrace-heartbeat", daemon=True)

    def start(self) -> None:
        """Begins to renew."""
        self._thread.start()

    def stop(self) -> None:
        """Renews no more; does not wait for a renewal in flight."""
        self._ended.set()

    def _run(self) -> None:
        try:
            wait = self._interval
            while not self._ended.wait(min(wait, max(0.0, self._lease.seconds_left))):
                wait = self._beat()
        except Exception as error:
            if not self._ended.is_set():
                self._abandon(error)

    def _beat(self) -> float:
        """Renews once; returns when to do so again."""
        left = self._lease.seconds_left
        if left <= 0:
            raise UnreachableError("the lease ended before it could be renewed")
        point("lease.before_renew")
        try:
            if self._coordinator.heartbeat(self._lease, min(left, self._interval)):
                self._cancel()
        except UnreachableError:
            return random.uniform(_RETRY_SECONDS / 2, _RETRY_SECONDS)
        return self._interval
