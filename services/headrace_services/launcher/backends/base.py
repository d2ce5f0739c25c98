"""What an engine must be able to do to start workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder, StopOrder
from headrace.errors import HeadraceError


class HopelessOrderError(HeadraceError):
    """No repetition of the order can lead to a worker; the message says what to do."""

    reason = "ORDER_HOPELESS"


class NotNowError(HeadraceError):
    """The order may be carried out later."""

    reason = "ORDER_NOT_NOW"


@dataclass(frozen=True, slots=True)
class WorkerEnd:
    """The end of a worker, however it was started.

    Attributes:
        worker_id: Its name within the engine.
        run_id: Its run.
        launch_token: The token it was started with; empty where only the digest is known.
        kind: How it ended: `normal`, `code`, `signal`, or whatever else the engine tells apart.
        detail: How it ended, for people.
        remembered: Whether it ended before anybody watched.
        launch_token_digest: See `headrace.token_digest`.
    """

    worker_id: str
    run_id: str
    launch_token: str
    kind: str
    detail: str
    remembered: bool
    launch_token_digest: str = ""


Ended = Callable[[WorkerEnd], Awaitable[None]]


class Backend(Protocol):
    """An engine that runs workers.

    Attributes:
        kind: What it is called in configuration and metrics.
    """

    kind: str

    async def start(self, order: LaunchOrder, order_id: str) -> bool:
        """Starts a worker; tells whether this order had not been carried out before.

        Raises:
            HopelessOrderError: nothing can come of the order.
            NotNowError: something may, later.
        """
        ...

    async def stop(self, order: StopOrder, order_id: str) -> None:
        """Ends a run's workers; that there are none is no error.

        Raises:
            NotNowError: the engine cannot be reached.
        """
        ...

    def place(self, address: str) -> str:
        """Returns the place where workers of a location at `address` are watched; empty if they are not."""
        ...

    async def watch(self, place: str, ended: Ended) -> None:
        """Tells of workers that end at a place, until it is canceled."""
        ...

    async def close(self) -> None:
        """Is called when the launcher stops; workers go on."""
        ...
