"""Channels to the other services: in process where they are here, over the network where they are not."""

from __future__ import annotations

from collections.abc import Collection

import grpc
import grpc.aio
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from headrace.rpc.aio import PolicyChannel
from headrace.rpc.channel import open_aio_channel
from headrace.rpc.policy import CallPolicy
from headrace.rpc.targets import parse_targets
from headrace.rpc.tls import Tls
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.local import LocalChannel, LocalServer

_HEALTH_SECONDS = 2.0


class ServicePeers:
    """The channels of one process, opened when first asked for."""

    def __init__(self, instance: InstanceConfig, local: LocalServer, here: Collection[str]) -> None:
        self._instance = instance
        self._local = local
        self._here = frozenset(here)
        self._channels: dict[str, grpc.aio.Channel] = {}
        token = instance.auth.token
        self._token = token.reveal if token.is_set or token.env else None

    def channel(self, name: str) -> grpc.aio.Channel:
        """Returns the channel to a service by its name."""
        if name not in self._channels:
            self._channels[name] = self._to_service(name)
        return self._channels[name]

    def _to_service(self, name: str) -> grpc.aio.Channel:
        if name in self._here:
            return PolicyChannel(LocalChannel(self._local), CallPolicy(self._token))
        address = self._instance.services.of(name).reachable_at
        return open_aio_channel(address, token=self._token, tls=self._instance.tls)

    def anonymous(self) -> grpc.aio.Channel:
        """Returns a channel to the services of this process without a token: the caller's own identity must do."""
        return LocalChannel(self._local)

    def connect(self, address: str) -> grpc.aio.Channel:
        """Returns the channel to a code location, which is shown no token: it has no business with ours."""
        if address not in self._channels:
            # A location of this machine was started by us, and listens to this machine only.
            tls = Tls() if parse_targets(address).is_local else self._instance.tls
            self._channels[address] = open_aio_channel(address, tls=tls)
        return self._channels[address]

    async def serves(self, name: str) -> bool:
        """Tells whether another service says that it is fit to be called; one of this process answers for itself."""
        if name in self._here:
            return True
        check = HealthStub(self.channel(name)).Check
        answer: HealthCheckResponse = await check(HealthCheckRequest(), timeout=_HEALTH_SECONDS)
        return bool(answer.status == HealthCheckResponse.SERVING)

    async def disconnect(self, address: str) -> None:
        """Closes the channel to an address, if there is one."""
        channel = self._channels.pop(address, None)
        if channel is not None:
            await channel.close(None)

    async def close(self) -> None:
        """Closes every channel."""
        for address in list(self._channels):
            await self.disconnect(address)
