"""A server of Headrace: aio, with health v1, reflection v1, and a `Serving` around every handler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import grpc
import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from headrace.errors import FailedPreconditionError
from headrace.rpc.channel import RECEIVE_LIMIT_BYTES
from headrace.rpc.handlers import Handlers
from headrace.rpc.reflection import LazyReflection
from headrace.rpc.serving import Serving
from headrace.rpc.targets import Target, parse_target
from headrace.rpc.tls import Tls, server_credentials

AddServicers = Callable[[grpc.aio.Server], None]

# Connections are renewed so that a rolling restart spreads them again; streams that run on are resumed by their cursor.
_CONNECTION_AGE_MS, _CONNECTION_GRACE_MS = 30 * 60 * 1000, 60 * 1000
_KEEPALIVE_MS, _KEEPALIVE_TIMEOUT_MS = 60_000, 20_000
_FASTEST_CLIENT_PING_MS = 10_000
# Beyond it calls are refused with RESOURCE_EXHAUSTED; 500 open watches are well within.
_MOST_CALLS_AT_ONCE = 4_000


class RpcServer:
    """A server that was built and bound, and may be started.

    Attributes:
        address: Where it listens.
        port: The port, which matters when port 0 was asked for; 0 on a Unix socket.
        serving: What is around its handlers.
    """

    def __init__(self, server: grpc.aio.Server, address: Target, handlers: Handlers) -> None:
        self.address = address
        self.port = address.port
        self.serving = handlers.serving
        self._server = server
        self._services = tuple(handlers.services)
        self._health = health.aio.HealthServicer()  # type: ignore[attr-defined]
        health_pb2_grpc.add_HealthServicer_to_server(self._health, handlers.as_server())
        handlers.add_generic_rpc_handlers((LazyReflection(handlers.services),))
        server.add_generic_rpc_handlers((handlers,))

    async def start(self, *, healthy: bool = True) -> None:
        """Begins to serve; with `healthy` false, health says NOT_SERVING until `set_health`."""
        await self.set_health(healthy)
        await self._server.start()

    async def set_health(self, serving: bool, service: str | None = None) -> None:
        """Says whether this process, or one of its services, is fit to be called."""
        states = health_pb2.HealthCheckResponse
        state = states.SERVING if serving else states.NOT_SERVING
        for name in ("", *self._services) if service is None else (service,):
            await self._health.set(name, state)

    async def drain(self) -> None:
        """Makes health say NOT_SERVING for good and ends every stream with DRAINING; unary calls go on."""
        await self._health.enter_graceful_shutdown()
        self.serving.end_streams()

    async def stop(self, grace: float | None = None) -> None:
        """Refuses new calls, gives those in flight `grace` seconds, and closes."""
        await self._server.stop(grace)

    async def wait_closed(self) -> None:
        """Returns when the server has stopped."""
        await self._server.wait_for_termination()


def build_server(
    add_servicers: Iterable[AddServicers],
    address: str,
    *,
    more_addresses: Sequence[str] = (),
    serving: Serving | None = None,
    tls: Tls | None = None,
) -> RpcServer:
    """Builds a server on the running event loop and binds its address.

    Args:
        add_servicers: Each adds servicers to the server that it is given.
        address: `host:port`, with port 0 for a free one, or `unix:path`.
        more_addresses: Where it listens too.
        serving: What to put around handlers; by default a plain one.
        tls: Certificates; without them the server listens on this machine only.

    Raises:
        FailedPreconditionError: the address cannot be bound; the message says which, and what to do.
        ValueError: the address cannot be read, or plaintext would leave this machine.
    """
    target, serving = parse_target(address), serving or Serving()
    credentials = server_credentials(target, tls or Tls())
    handlers = Handlers(serving)
    for add in add_servicers:
        add(handlers.as_server())
    server = grpc.aio.server(options=_options(), maximum_concurrent_rpcs=_MOST_CALLS_AT_ONCE)
    port = _bind(server, target, credentials)
    for more in map(parse_target, more_addresses):
        _bind(server, more, server_credentials(more, tls or Tls()))
    return RpcServer(server, target if target.path else Target(target.host, port), handlers)


def _bind(server: grpc.aio.Server, target: Target, credentials: grpc.ServerCredentials | None) -> int:
    try:
        if credentials is not None:
            return server.add_secure_port(str(target), credentials)
        return server.add_insecure_port(str(target))
    except RuntimeError as error:
        raise FailedPreconditionError(
            f"cannot listen on {target}: another process has it, or it is not this machine's. "
            f"Stop that process, or choose another address{' (port 0 takes a free one)' if target.port else ''}",
            metadata={"address": str(target)},
        ) from error


def _options() -> list[tuple[str, int]]:
    return [
        # Without this two servers share a port in silence, each with half of the calls.
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", RECEIVE_LIMIT_BYTES),
        ("grpc.max_connection_age_ms", _CONNECTION_AGE_MS),
        ("grpc.max_connection_age_grace_ms", _CONNECTION_GRACE_MS),
        ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", _KEEPALIVE_TIMEOUT_MS),
        ("grpc.http2.min_ping_interval_without_data_ms", _FASTEST_CLIENT_PING_MS),
    ]
