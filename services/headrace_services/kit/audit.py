"""Who changed what: calls of the gateway on their way to storage."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import grpc
import grpc.aio

from headrace.api.storage.v1.audit_service_pb2 import AppendAuditEntriesRequest
from headrace.api.storage.v1.audit_service_pb2_grpc import AuditServiceStub
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.audit_entry_pb2 import AuditEntry
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.clock import Clock
from headrace.ids import Ids
from headrace.rpc.methods import Method
from headrace.rpc.scope import CallScope
from headrace_services.kit.auth import is_at_the_front_door
from headrace_services.kit.loops import Loop
from headrace_services.kit.metrics import Metrics
from headrace_services.kit.problems import told

if TYPE_CHECKING:
    from headrace.api.storage.v1.audit_service_pb2_grpc import AuditServiceAsyncStub

logger = logging.getLogger(__name__)

FALLBACK_SECONDS = 60.0
_MOST_WAITING = 10_000
_AT_ONCE = 500
# Entries of half a second go together, and not in the way of what the calls set in motion.
_GATHER_SECONDS = 0.5
_LEAVE_SECONDS = 2.0
# An older storage learns about audits with its next version, and not before.
_NOT_KNOWN_SECONDS = 600.0
_SUBJECT_ENDINGS = ("_id", "_name", "_key")
_MOST_KEYS = 20


class AuditTrail:
    """The calls that changed something, or were to, until storage has them.

    Calls do not wait for it. What a process that dies has not handed over yet, half a second's worth, is lost.
    """

    def __init__(self, clock: Clock, ids: Ids, metrics: Metrics) -> None:
        self._clock = clock
        self._ids = ids
        self._waiting: deque[AuditEntry] = deque()
        self._storage: AuditServiceAsyncStub | None = None
        self._gathering: asyncio.TimerHandle | None = None
        self._lost = metrics.counter("audit_entries_lost", "Audited calls that storage was not there to keep.")
        self.loop = Loop("audit", self.tick, FALLBACK_SECONDS)

    def open(self, channel: grpc.aio.Channel) -> None:
        """Names the way to storage."""
        self._storage = cast("AuditServiceAsyncStub", AuditServiceStub(channel))

    def call_answered(self, method: Method, scope: CallScope, request: Any, code: str) -> None:
        """Notes a call of the gateway, unless it only reads."""
        # Whoever shows no token that we know must not be able to fill the audit, or to push others out of it.
        if method.reads or not is_at_the_front_door(method) or code == "UNAUTHENTICATED":
            return
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.popleft()
            self._lost.add()
        self._waiting.append(self._entry(method, scope, request, code))
        if self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        self.loop.wake()

    def _entry(self, method: Method, scope: CallScope, request: Any, code: str) -> AuditEntry:
        entry = AuditEntry(
            entry_id=self._ids.uuid7(),
            caller_name=scope.caller.name,
            role=scope.caller.role,
            method=method.path.removeprefix("/"),
            subjects=subjects_of(request),
            code=code,
            request_id=scope.request_id,
        )
        entry.call_time.FromDatetime(self._clock.now())
        return entry

    async def tick(self, now: datetime) -> float | None:
        """Hands over what waits."""
        del now
        while self._waiting:
            some = list(islice(self._waiting, _AT_ONCE))
            assert self._storage is not None
            try:
                await self._storage.AppendAuditEntries(AppendAuditEntriesRequest(entries=some))
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNIMPLEMENTED:
                    raise
                return _NOT_KNOWN_SECONDS
            self._forget(some)
        return None

    def _forget(self, kept: list[AuditEntry]) -> None:
        # While they were on their way, the oldest of them may have made room for newer ones.
        ids = {entry.entry_id for entry in kept}
        while self._waiting and self._waiting[0].entry_id in ids:
            self._waiting.popleft()

    async def leave(self) -> None:
        """Hands over the rest before the process ends."""
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        try:
            await asyncio.wait_for(self.tick(self._clock.now()), _LEAVE_SECONDS)
        except (grpc.RpcError, asyncio.TimeoutError) as error:
            self._lost.add(amount=len(self._waiting))
            logger.warning(
                "the last audited calls are lost", extra={"count": len(self._waiting), "problem": told(error)}
            )


def subjects_of(request: Any) -> Iterator[Tag]:
    """Yields what a request is about: its names, ids and keys, never what else it holds."""
    for field, value in request.ListFields():
        if field.message_type is AssetKey.DESCRIPTOR:
            keys = [value] if isinstance(value, AssetKey) else value
            yield Tag(key=field.name, value=", ".join("/".join(key.path) for key in keys[:_MOST_KEYS]))
        elif isinstance(value, str) and field.name != "request_id" and _names(field.name):
            yield Tag(key=field.name, value=value)


def _names(field_name: str) -> bool:
    return field_name == "name" or field_name.endswith(_SUBJECT_ENDINGS)
