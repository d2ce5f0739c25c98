"""What the location says of itself, and who waits to hear it."""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import Sequence

from headrace.api.codeloc.v1.code_location_service_pb2 import ServerInfo
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.launch_pb2 import LaunchSpec
from headrace.api.types.v1.location_pb2 import (
    LOCATION_STATE_FAILED,
    LOCATION_STATE_LOADED,
    LOCATION_STATE_LOADING,
)
from headrace.wire.moments import to_duration, to_timestamp
from headrace_codeloc.front.host_link import Loaded

CONTRACT_VERSION = 1
FEATURES = ("backfills", "reload", "watch", "workers")


class LocationState:
    """The last good snapshot and how the newest attempt to load went.

    Attributes:
        info: What `GetServerInfo` answers; never changed in place.
        parts: The definitions in use; empty while there were none yet.
        version: Grows with every change of `info`.
    """

    def __init__(self, launch_spec: LaunchSpec | None = None) -> None:
        self.parts: Sequence[bytes] = ()
        self.version = 0
        self.info = ServerInfo(
            contract_version=CONTRACT_VERSION,
            features=FEATURES,
            runtime=f"python {platform.python_version()}",
            state=LOCATION_STATE_LOADING,
            launch_spec=launch_spec,
        )
        self._changed = asyncio.Event()

    def loaded(self, loaded: Loaded) -> None:
        """The code has loaded: these definitions are in use from now on."""
        self.parts = loaded.parts
        info = self._copy()
        info.ClearField("failure")
        info.state = LOCATION_STATE_LOADED
        info.definitions_digest = loaded.digest
        info.load_duration.CopyFrom(to_duration(loaded.seconds))
        info.load_time.CopyFrom(to_timestamp(time.time()))
        info.start_method, info.start_method_reason = loaded.start_method, loaded.reason
        self._publish(info)

    def failed(self, failure: Failure) -> None:
        """The newest code has not loaded; definitions that are in use stay so."""
        info = self._copy()
        info.state = LOCATION_STATE_FAILED
        info.failure.CopyFrom(failure)
        self._publish(info)

    async def wait_beyond(self, version: int, seconds: float) -> bool:
        """Waits until there is a newer version, at most that many seconds; returns whether there is."""
        while self.version <= version:
            try:
                await asyncio.wait_for(self._changed.wait(), seconds)
            except asyncio.TimeoutError:
                return False
        return True

    def _copy(self) -> ServerInfo:
        info = ServerInfo()
        info.CopyFrom(self.info)
        return info

    def _publish(self, info: ServerInfo) -> None:
        self.info = info
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()
