"""Acknowledging orders: those that are done while an acknowledgement is under way go together with the next."""

from __future__ import annotations

from headrace.api.storage.v1.outbox_service_pb2 import AckMessagesRequest
from headrace.errors import HeadraceError
from headrace.ids import Ids
from headrace.rpc.status import rpc_errors
from headrace_services.kit.tasks import Tasks
from headrace_services.launcher.stubs import Storage

_MOST = 100


class Acks:
    """Collects ids of messages that are done and has storage remove them."""

    def __init__(self, storage: Storage, ids: Ids, tasks: Tasks) -> None:
        self._storage = storage
        self._ids = ids
        self._tasks = tasks
        self._done: list[str] = []
        self._sending = False

    def add(self, message_id: str) -> None:
        """Acknowledges a message soon."""
        self._done.append(message_id)
        if not self._sending:
            self._sending = True
            self._tasks.spawn(self._send(), "acknowledge orders")

    async def _send(self) -> None:
        try:
            while self._done:
                batch, self._done = self._done[:_MOST], self._done[_MOST:]
                request = AckMessagesRequest(request_id=self._ids.uuid7(), message_ids=batch)
                with rpc_errors("storage"):
                    await self._storage.outbox.AckMessages(request)
        except HeadraceError:
            # They will be delivered again, and found done.
            self._done.clear()
            raise
        finally:
            self._sending = False
