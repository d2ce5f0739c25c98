"""Starting the stand-in, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import uvicorn

from rig.kubernetes.api import Api
from rig.kubernetes.jobs import JobController
from rig.kubernetes.kubelet import Kubelet
from rig.kubernetes.store import Object, Store
from rig.ports import free_port
from rig.waiting import wait_until

T = TypeVar("T")
TOKEN = "let-me-in"


class StandIn:
    """A cluster with one node that is this machine, and what tests do to it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kubernetes stand-in", daemon=True)
        self._thread.start()
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._wait(self._make(directory))
        self.start_api()

    @property
    def url(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.port}"

    def start_api(self) -> None:
        """Starts the API server; what was stored is there again."""
        self._wait(self._start())
        wait_until(lambda: self._server is not None and self._server.started, what="the API server listens")

    def stop_api(self) -> None:
        """Stops the API server; jobs and pods go on."""
        self._wait(self._stop())

    def close(self) -> None:
        """Ends everything."""
        self.stop_api()
        self._wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def forget_history(self) -> None:
        """Has watches end with 410."""
        self.do(lambda: self.store.forget_history())

    def evict(self, namespace: str, name: str, message: str) -> None:
        """Has the node need a pod's room."""
        self.do(lambda: self.kubelet.evict(self.store.get("pods", namespace, name), message))

    def create(self, kind: str, namespace: str, thing: Object) -> None:
        """Stores an object."""
        self.do(lambda: self.store.create(kind, namespace, thing))

    def do(self, act: Callable[[], T]) -> T:
        """Calls a function where the stand-in lives."""

        async def acted() -> T:
            return act()

        return self._wait(acted())

    async def _make(self, directory: Path) -> None:
        self.store = Store()
        self.jobs = JobController(self.store)
        self.kubelet = Kubelet(self.store, directory)
        self.api = Api(self.store, self.jobs, self.kubelet, TOKEN)
        self.add_namespace("default")

    def add_namespace(self, name: str) -> None:
        """Makes a namespace."""
        self.api.namespaces.add(name)
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        self.store.create("serviceaccounts", name, account)

    async def _start(self) -> None:
        self.api.closing = asyncio.Event()
        config = uvicorn.Config(
            self.api.app,
            host="127.0.0.1",
            port=self.port,
            log_level="error",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._serving = asyncio.ensure_future(self._server._serve())

    async def _stop(self) -> None:
        assert self._server is not None and self._serving is not None
        self.api.closing.set()
        self._server.should_exit = self._server.force_exit = True
        await self._serving

    async def _end(self) -> None:
        self.jobs.stop()
        await self.kubelet.stop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)
