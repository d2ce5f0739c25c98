"""Keeps one host serving: starts it, replaces it when the code is loaded anew, restarts it when it dies."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

from headrace.errors import LocationNotLoadedError
from headrace_codeloc.front.host_link import HostLink, NotLoadedError
from headrace_codeloc.front.loading import DiedLoadingError, Loader
from headrace_codeloc.front.state import LocationState
from headrace_codeloc.host.main import FORKING

logger = logging.getLogger(__name__)

FIRST_BACKOFF, LONGEST_BACKOFF = 0.1, 30.0
STEADY_SECONDS = 60.0
"""A host that lived that long is restarted without waiting."""
DRAIN_SECONDS = 60.0


class Hosts:
    """The host in use.

    Args:
        loader: Starts hosts.
        state: Is told how that goes.
        on_switch: Called when another host has come into use.
    """

    def __init__(self, loader: Loader, state: LocationState, on_switch: Callable[[], None]) -> None:
        self._loader = loader
        self._state = state
        self._on_switch = on_switch
        self._current: HostLink | None = None
        self._hopeless = False
        self._changed = asyncio.Condition()
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._backoff = FIRST_BACKOFF

    def start(self) -> None:
        """Begins to load, and keeps a host from then on."""
        self._spawn(self._keep_loaded())

    async def stop(self) -> None:
        """Lets go of the host."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._current is not None:
            self._current.hang_up()

    async def current(self) -> HostLink:
        """Returns the host in use; waits while one is being started.

        Raises:
            LocationNotLoadedError: the code does not load, and no older version is in use.
        """
        async with self._changed:
            while self._current is None:
                if self._hopeless:
                    failure = self._state.info.failure
                    raise LocationNotLoadedError(
                        f"the location's code does not load: {failure.type}: {failure.message}",
                        metadata={"file": failure.file, "line": str(failure.line)},
                    )
                await self._changed.wait()
            return self._current

    async def reload(self) -> None:
        """Loads the code beside the host in use, and switches when it has loaded; otherwise the old one stays."""
        async with self._one_at_a_time:
            try:
                await self._load()
            except NotLoadedError:
                pass  # the state tells

    async def _load(self) -> None:
        started = time.monotonic()
        try:
            host = await self._loader.load(FORKING)
        except NotLoadedError as error:
            logger.warning("the code did not load", extra={"failure": error.failure.type, "reason": str(error)})
            self._state.failed(error.failure)
            await self._use(self._current, hopeless=True)
            raise
        old = self._current
        self._state.loaded(host.loaded.result())
        await self._use(host, hopeless=False)
        self._spawn(self._follow(host, started))
        if old is not None:
            self._spawn(old.drain(DRAIN_SECONDS))
        self._on_switch()

    async def _use(self, host: HostLink | None, *, hopeless: bool) -> None:
        async with self._changed:
            self._current, self._hopeless = host, hopeless
            self._changed.notify_all()

    async def _follow(self, host: HostLink, started: float) -> None:
        """Restarts a host that hangs up while it is in use."""
        await host.closed.wait()
        if host is not self._current:
            return
        await self._use(None, hopeless=False)
        logger.warning("the host has died", extra={"pid": host.pid})
        if time.monotonic() - started > STEADY_SECONDS:
            self._backoff = FIRST_BACKOFF
        else:
            await self._wait_before_restart()
        await self._keep_loaded()

    async def _keep_loaded(self) -> None:
        """Tries until a host is in use or the code itself is at fault: then somebody has to change it and reload."""
        while True:
            async with self._one_at_a_time:
                if self._current is not None:
                    return
                try:
                    await self._load()
                    return
                except DiedLoadingError:
                    pass  # out of memory, perhaps: try again
                except NotLoadedError:
                    return
            await self._wait_before_restart()

    async def _wait_before_restart(self) -> None:
        await asyncio.sleep(random.uniform(self._backoff / 2, self._backoff))
        self._backoff = min(self._backoff * 2, LONGEST_BACKOFF)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
