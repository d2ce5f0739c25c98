"""Streams that a server writes, and how they are ended before their time."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc.aio

# A reader that takes nothing holds a write up; then the stream ends without the reason.
_WRITE_SECONDS = 0.5


class CallerLeftError(Exception):
    """The caller went away while an answer was written."""


class OpenStream:
    """The answers of one call.

    It is never broken off in the middle of a write: the transport would take no more of it then, not even the reason.
    """

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self._task = task
        self._writing = self._ending = False

    async def write(self, context: Any, response: Any) -> None:
        """Writes an answer.

        Raises:
            CallerLeftError: nobody is there any more to be written to.
            asyncio.CancelledError: the stream is to end.
        """
        self._writing = True
        try:
            await context.write(response)
        except grpc.aio.InternalError as error:
            # The transport's way to say that nobody is there any more.
            raise CallerLeftError from error
        finally:
            self._writing = False
        if self._ending:
            raise asyncio.CancelledError

    def end(self) -> None:
        """Cancels the call, once what is being written is out."""
        self._ending = True
        if self._writing:
            asyncio.get_running_loop().call_later(_WRITE_SECONDS, self._task.cancel)
        else:
            self._task.cancel()
