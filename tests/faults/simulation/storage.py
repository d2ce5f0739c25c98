"""Storage in a simulated process: the real one, with its threads folded into the event loop."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import headrace_services.storage.store.store as store_module
from headrace.errors import DrainingError
from headrace_services.kit.service import Service, ServiceEnv
from headrace_services.storage.config import database_opener
from headrace_services.storage.main import add_servicers
from headrace_services.storage.measures import StorageMetrics
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent
from headrace_services.storage.store.writer import Writer, _Pending
from headrace_services.storage.upkeep import Upkeep

T = TypeVar("T")


class FoldedWriter(Writer):
    """Commits what came in one turn of the event loop together, as the thread would."""

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._due = False

    def stop(self) -> None:
        self._stopping = True

    async def submit(self, intent: Intent[T]) -> T:
        if self._stopping:
            raise DrainingError("storage is stopping")
        waiting = _Pending(intent, self._loop.create_future())
        self._pending.append(waiting)
        self._pending_bytes += intent.size
        if not self._due:
            self._due = True
            self._loop.call_soon(self._flush)
        result: T = await waiting.future
        return result

    def _flush(self) -> None:
        self._due = False
        while batch := self._drain():
            self._settle(batch)
            self._deliver(batch)


def build_storage(env: ServiceEnv) -> tuple[Service, Store]:
    """Returns storage, and what to close when its process is killed: the kernel would."""
    store_module.Writer = FoldedWriter  # type: ignore[attr-defined]
    metrics = StorageMetrics(env.metrics)
    store = Store(database_opener(env.instance, env.clock, env.ids), env.clock, env.ids, metrics)
    loops = Upkeep(store, metrics, env.instance.retention).loops()
    return Service("storage", lambda server: add_servicers(server, store), loops, store.start, store.stop), store
