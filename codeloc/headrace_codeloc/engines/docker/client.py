"""The connection to a Docker engine."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from typing import Any

from docker import DockerClient
from docker.utils import kwargs_from_env

from headrace_codeloc.engines.base import Labels


def connect(base_url: str | None, seconds: float) -> DockerClient:
    """Returns a client whose calls give up after that many seconds without an answer; connects at once."""
    options: dict[str, Any] = {**kwargs_from_env(), **({"base_url": base_url} if base_url else {})}
    # Asks the engine which version it speaks: new engines refuse the versions that old ones know.
    return DockerClient(**{"version": "auto", "timeout": seconds, **options})


class EventStream:
    """The ends of containers as they happen, read by a thread of its own; open when it is made.

    Args:
        client: Of the engine.
        selector: The labels of the containers.
        since: Seconds since 1970, to begin with what the engine still remembers of the time after that.
    """

    def __init__(self, client: DockerClient, selector: Labels, since: int | None) -> None:
        labels = [f"{name}={value}" for name, value in selector.items()]
        self._events: Any = client.events(
            since=since, filters={"type": "container", "event": "die", "label": labels}, decode=True
        )
        self._queue: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._read, name="headrace-docker-events", daemon=True)

    async def next(self) -> Mapping[str, Any] | None:
        """Returns the next one; None when the engine has ended the stream."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._thread.start()
        return await self._queue.get()

    def close(self) -> None:
        """Ends the stream."""
        # Shutting the socket down wakes the thread; only then may the answer be closed, which takes the lock that it reads under.
        with contextlib.suppress(Exception):
            self._events.close()
        if self._loop is None:
            self._let_go()

    def _read(self) -> None:
        with contextlib.suppress(Exception):
            for event in self._events:
                self._put(event)
        self._let_go()
        self._put(None)

    def _let_go(self) -> None:
        with contextlib.suppress(Exception):
            self._events._response.close()

    def _put(self, event: Mapping[str, Any] | None) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, event)
        except RuntimeError:
            pass  # nobody listens any more
