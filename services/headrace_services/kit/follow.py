"""Keeping a watch of another service open for as long as a service lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Generic, Protocol, TypeVar

import grpc
import grpc.aio

from headrace.clock import Clock
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.status import ending
from headrace_services.kit.problems import log_problem

logger = logging.getLogger(__name__)

# Servers give a sign of life every 15 s; two may be missed.
SILENCE_SECONDS = 45.0
# What `read` of a stream returns after its last answer; the stubs of grpc do not know it.
EOF: Any = grpc.aio.EOF  # type: ignore[attr-defined]
_RECONNECT = RetryPolicy(first_seconds=0.05, longest_seconds=5.0)


class Marked(Protocol):
    """What every answer of a watch has."""

    @property
    def cursor(self) -> str:
        """Resumes the watch after this answer."""
        ...


R = TypeVar("R", bound=Marked)


async def answers(stream: Any, silence: float = SILENCE_SECONDS) -> AsyncGenerator[Any, None]:
    """Yields what a stream brings, and ends the stream when it is left.

    Raises:
        SilentError: nothing came for `silence` seconds.
    """
    loop = asyncio.get_running_loop()
    fell_silent = False

    def give_up() -> None:
        nonlocal fell_silent
        fell_silent = True
        stream.cancel()

    timer = loop.call_later(silence, give_up)
    try:
        while (answer := await stream.read()) is not EOF:
            timer.cancel()
            yield answer
            timer = loop.call_later(silence, give_up)
    except asyncio.CancelledError:
        if fell_silent:
            raise SilentError(f"nothing came for {silence:g} s") from None
        raise
    finally:
        timer.cancel()
        stream.cancel()


class SilentError(Exception):
    """A watch gave no sign of life."""


class Follower(Generic[R]):
    """Opens a watch again whenever it ends, after its last cursor, and waits longer after each failure in a row.

    Attributes:
        name: For logs.
        connected: Whether the watch is open and has answered.
    """

    def __init__(
        self,
        name: str,
        open_watch: Callable[[str], Any],
        handle: Callable[[R], Awaitable[None]],
        clock: Clock,
        *,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        """Prepares it.

        Args:
            name: For logs.
            open_watch: Opens the stream after a cursor; an empty cursor begins anew.
            handle: Is given each answer; while it works, the next one waits.
            clock: To wait by.
            silence: A stream that says nothing for this long counts as broken.
        """
        self.name = name
        self.connected = False
        self._open = open_watch
        self._handle = handle
        self._clock = clock
        self._silence = silence
        self._cursor = ""
        self._failures = 0

    async def run(self) -> None:
        """Follows until it is canceled, or the other side turns out to have no such watch."""
        while True:
            try:
                await self._read(self._open(self._cursor))
            except grpc.RpcError as error:
                self._lost(error)
                if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                    return
            except SilentError:
                logger.warning("a watch fell silent", extra={"watch": self.name})
            except Exception as error:
                log_problem(logger, "an answer of a watch could not be handled", error, watch=self.name)
            finally:
                self.connected = False
            self._failures += 1
            await self._clock.sleep(_RECONNECT.delay(self._failures))

    async def _read(self, stream: Any) -> None:
        async with aclosing(answers(stream, self._silence)) as responses:
            async for response in responses:
                self.connected, self._failures = True, 0
                await self._handle(response)
                self._cursor = response.cursor

    def _lost(self, error: grpc.RpcError) -> None:
        if error.code() in (grpc.StatusCode.OUT_OF_RANGE, grpc.StatusCode.INVALID_ARGUMENT):
            self._cursor = ""
        if self._failures:
            # Said once, not at every try.
            return
        level = logging.INFO if ending(error) is grpc.StatusCode.UNAVAILABLE else logging.WARNING
        details = {"watch": self.name, "code": error.code().name, "details": error.details()}
        logger.log(level, "a watch broke off", extra=details)
