"""A network path that can stop carrying in one direction: requests get through, and answers are lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any

CHUNK = 65_536


class OneWayPath:
    """A proxy in front of a server; use it as a context manager.

    Attributes:
        address: Where clients go instead.
        swallowed: How many bytes of answers were lost.
    """

    def __init__(self, target: str) -> None:
        self.address, self.swallowed = "", 0
        self._host, _, self._port = target.rpartition(":")
        self._deaf = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="one-way path")
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> OneWayPath:
        self._thread.start()
        server: asyncio.Server = self._do(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self._server = server
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def lose_answers(self) -> None:
        """From now on nothing comes back."""
        self._deaf = True

    def heal(self) -> None:
        """Carries both ways again; connections that have lost something break, as they would."""
        self._deaf = False
        self._do(self._break_all())

    def _do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _break_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _close(self) -> None:
        self._server.close()
        await self._break_all()
        # Those who carried notice that there is nobody any more.
        await asyncio.sleep(0.05)

    async def _carry(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            far_reader, far = await asyncio.open_connection(self._host, int(self._port))
        except OSError:
            near.transport.abort()
            return
        self._open |= {near, far}
        try:
            await asyncio.gather(self._pump(near_reader, far), self._pump(far_reader, near, answers=True))
        except OSError:
            return
        finally:
            for writer in (near, far):
                self._open.discard(writer)
                writer.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool = False) -> None:
        while data := await source.read(CHUNK):
            if answers and self._deaf:
                self.swallowed += len(data)
                continue
            sink.write(data)
            await sink.drain()
        sink.transport.abort()
