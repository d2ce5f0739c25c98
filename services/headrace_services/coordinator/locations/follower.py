"""Following one code location: what its server says, and the definitions that it says are in use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import grpc

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_LOADED
from headrace.clock import Clock
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.status import ending
from headrace_services.coordinator.locations.entry import Entry
from headrace_services.coordinator.locations.snapshot import BrokenDefinitionsError, Snapshot, read_snapshot
from headrace_services.coordinator.stubs import code_location
from headrace_services.kit.follow import SilentError, answers
from headrace_services.kit.service import Peers

logger = logging.getLogger(__name__)

# Servers without the feature `watch` are asked this often.
POLL_SECONDS = 5.0
# No location may keep its follower busy with more changes than this.
_LEAST_BETWEEN_CHANGES = 0.02
_INFO_SECONDS, _DEFINITIONS_SECONDS, _RELOAD_SECONDS = 3.0, 120.0, 300.0
_NOBODY_THERE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
_RECONNECT = RetryPolicy(first_seconds=0.1, longest_seconds=5.0)


class LocationFollower:
    """Keeps one entry true to its server; what goes wrong ends in the entry and nowhere else."""

    def __init__(self, entry: Entry, peers: Peers, clock: Clock, changed: Callable[[Entry], None]) -> None:
        self._entry = entry
        self._peers = peers
        self._clock = clock
        self._changed = changed
        # A reload and the watch may learn of the same change at once.
        self._loading = asyncio.Lock()

    async def run(self) -> None:
        """Follows until it is canceled."""
        failures = 0
        while True:
            try:
                await self._take(await self._info())
                failures = 0
                await self._next_change()
                continue
            except grpc.RpcError as error:
                self._call_failed(error)
            except SilentError as error:
                self.failed("LOCATION_SILENT", f"its server is silent: {error}")
            except BrokenDefinitionsError as error:
                self.failed(error.reason, str(error))
            except ValueError as error:
                self.failed("ADDRESS_INVALID", str(error))
            failures += 1
            await self._clock.sleep(_RECONNECT.delay(failures))

    async def reload(self, request_id: str) -> None:
        """Has the location load its code anew, and takes over what came of it.

        Raises:
            grpc.RpcError: its server does not answer.
            BrokenDefinitionsError: it answered with definitions that contradict themselves.
        """
        stub = self._stub()
        if "reload" in self._entry.features:
            request = pb.ReloadDefinitionsRequest(request_id=request_id)
            info = (await stub.ReloadDefinitions(request, timeout=_RELOAD_SECONDS)).server_info
        else:
            info = await self._info()
        await self._take(info)

    def _stub(self) -> Any:
        return code_location(self._peers.connect(self._entry.address))

    async def _info(self) -> pb.ServerInfo:
        answer: pb.GetServerInfoResponse = await self._stub().GetServerInfo(
            pb.GetServerInfoRequest(), timeout=_INFO_SECONDS
        )
        return answer.server_info

    async def _next_change(self) -> None:
        """Returns when the server should be asked again."""
        if "watch" in self._entry.features:
            await self._follow_stream()
        else:
            await self._clock.sleep(POLL_SECONDS)

    async def _follow_stream(self) -> None:
        """Takes over what the server says by itself, until the stream ends."""
        try:
            async with aclosing(answers(self._stub().WatchServerInfo(pb.WatchServerInfoRequest()))) as changes:
                async for answer in changes:
                    if answer.HasField("server_info"):
                        await self._take(answer.server_info)
                    await self._clock.sleep(_LEAST_BETWEEN_CHANGES)
        except grpc.RpcError as error:
            if ending(error) is not grpc.StatusCode.UNAVAILABLE:
                raise
            # Connections end for their age alone. Whether anybody is there the next question tells.
            await self._clock.sleep(_RECONNECT.delay(1))

    async def _take(self, info: pb.ServerInfo) -> None:
        async with self._loading:
            if info == self._entry.info and self._entry.state == info.state:
                return
            self._entry.take(info, await self._new_snapshot(info))
        self._changed(self._entry)

    async def _new_snapshot(self, info: pb.ServerInfo) -> Snapshot | None:
        known = self._entry.snapshot
        if not info.definitions_digest and info.state != LOCATION_STATE_LOADED:
            return None
        if known is not None and known.digest == info.definitions_digest:
            return None
        stream = self._stub().GetDefinitions(pb.GetDefinitionsRequest(), timeout=_DEFINITIONS_SECONDS)
        try:
            snapshot = await read_snapshot(stream, info.definitions_digest)
        finally:
            stream.cancel()
        logger.info(
            "definitions loaded",
            extra={"location": self._entry.name, "count": snapshot.count, "digest": snapshot.digest},
        )
        return snapshot

    def _call_failed(self, error: grpc.RpcError) -> None:
        if ending(error) in _NOBODY_THERE:
            self._entry.unreachable(f"nothing answers at {self._entry.address}: {error.details()}")
            self._changed(self._entry)
        elif error.code() is grpc.StatusCode.UNIMPLEMENTED:
            self.failed("NO_CODE_LOCATION", f"what answers at {self._entry.address} is no code location")
        else:
            self.failed("LOCATION_FAILED", f"its server answers {error.code().name}: {error.details()}")

    def failed(self, kind: str, message: str) -> None:
        self._entry.broken(message, kind)
        self._changed(self._entry)
