"""One HTTP request and its answer, over ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

_JSON = {"content-type": "application/json"}


class Exchange:
    """A request that is read once, and its answer.

    Attributes:
        verb: GET, POST and so on.
        headers: By lower-case name; of several with one name, the last.
        query: The query string.
        gone: Whether the caller has hung up.
    """

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.verb: str = scope["method"]
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.query: str = scope.get("query_string", b"").decode("latin-1")
        self.gone = False
        self._receive = receive
        self._send = send

    async def body(self, limit: int) -> bytes | None:
        """Returns the body, None if it is larger than `limit`."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                raise asyncio.CancelledError
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                return None
            if not message.get("more_body"):
                return b"".join(parts)

    async def answer(self, status: int, body: bytes, headers: Mapping[str, str] = _JSON) -> None:
        """Sends a whole answer."""
        await self.begin(status, {**headers, "content-length": str(len(body))})
        await self.write(body, more=False)

    async def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Sends the head of an answer."""
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})

    async def write(self, data: bytes, *, more: bool = True) -> None:
        """Sends a piece of the body; waits while the caller does not keep up."""
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def unless_gone(self, call: Any) -> Any:
        """Returns what `call` answers; None if the caller hangs up first, which ends the call."""
        async with self.cancel_when_gone(call):
            try:
                return await call
            except asyncio.CancelledError:
                if self.gone:
                    return None
                raise

    @asynccontextmanager
    async def cancel_when_gone(self, call: Any) -> AsyncIterator[None]:
        """Cancels `call` when the caller hangs up inside the block, and when the block is left early."""
        watcher = asyncio.create_task(self._wait_until_gone(call), name="wait for the caller to hang up")
        try:
            yield
        finally:
            watcher.cancel()
            call.cancel()

    async def _wait_until_gone(self, call: Any) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        call.cancel()
