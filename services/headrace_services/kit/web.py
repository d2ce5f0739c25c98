"""HTTP in the same event loop: /metrics, /healthz, and the applications that services mount."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import uvicorn

from headrace.errors import FailedPreconditionError
from headrace.rpc.targets import parse_target
from headrace_services.kit.metrics import CONTENT_TYPE, Metrics
from headrace_services.kit.service import AsgiApp

_GRACE_SECONDS = 3
_BACKLOG = 512


class WebServer:
    """Serves the process's own pages first, then the mounted application with the longest matching prefix.

    Attributes:
        port: Where it listens; known before it starts.
    """

    def __init__(
        self, address: str, metrics: Metrics, healthy: Callable[[], bool], mounts: Mapping[str, AsgiApp]
    ) -> None:
        self._metrics = metrics
        self._healthy = healthy
        self._mounts = sorted(mounts.items(), key=lambda mount: -len(mount[0]))
        self._socket = _bind(address)
        self.port: int = self._socket.getsockname()[1]
        self._server: _Embedded | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to serve."""
        config = uvicorn.Config(
            self._application,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        self._server = _Embedded(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]), name="web")

    async def stop(self) -> None:
        """Lets requests in progress end, for a moment, and closes."""
        if self._task is None or self._server is None:
            self._socket.close()
            return
        self._server.end()
        await self._task

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if path == "/metrics":
            await _answer(send, 200, self._metrics.exposition(), CONTENT_TYPE)
        elif path == "/healthz":
            healthy = self._healthy()
            await _answer(send, 200 if healthy else 503, b"ok\n" if healthy else b"not serving\n", "text/plain")
        else:
            for prefix, application in self._mounts:
                if path.startswith(prefix):
                    return await application(scope, receive, send)
            places = ", ".join(["/metrics", "/healthz", *(f"{prefix}..." for prefix, _ in self._mounts)])
            await _answer(send, 404, f"there is nothing here; there is {places}\n".encode(), "text/plain")


class _Embedded(uvicorn.Server):
    """Leaves signals to the process that it is part of, and sleeps until it is told to end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._end = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._end.set()

    async def main_loop(self) -> None:
        # The original looks ten times a second whether it should exit; all an idle process has to do is nothing.
        await self._end.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _answer(send: Any, code: int, body: bytes, content_type: str) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _bind(address: str) -> socket.socket:
    target = parse_target(address)
    family = socket.AF_INET6 if ":" in target.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((target.host, target.port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise FailedPreconditionError(
            f"cannot listen on {address}: {error.strerror}. Stop the process that has the port, or choose another",
            metadata={"address": address},
        ) from error
    bound.setblocking(False)
    return bound
