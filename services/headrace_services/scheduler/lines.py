"""Sending together what comes while something is being sent: alone it goes at once, in a crowd it goes in batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from headrace_services.kit.tasks import Tasks

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Line(Generic[Item, Answer]):
    """One batch under way at a time; the next one takes what has come meanwhile, in its order."""

    def __init__(
        self,
        name: str,
        send: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]],
        tasks: Tasks,
        *,
        most: int,
        weigh: Callable[[Item], int] = lambda item: 1,
        heaviest: int | None = None,
    ) -> None:
        """Prepares it.

        Args:
            name: For logs.
            send: Sends a batch and returns an answer for each; what it raises is the answer of all.
            tasks: Where it sends.
            most: How many a batch may hold.
            weigh: How heavy one is.
            heaviest: How heavy a batch may be; one item may be heavier.
        """
        self._name = name
        self._send = send
        self._tasks = tasks
        self._most = most
        self._weigh = weigh
        self._heaviest = most if heaviest is None else heaviest
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._sending = False

    async def put(self, item: Item) -> Answer:
        """Sends an item, with others or alone, and returns its answer."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if not self._sending:
            self._sending = True
            self._tasks.spawn(self._run(), self._name)
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._settle(self._take())
        finally:
            self._sending = False

    async def _settle(self, batch: Sequence[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._send([item for item, _ in batch])
        except Exception as error:
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), answer in zip(batch, answers, strict=True):
            if not waiting.done():
                waiting.set_result(answer)

    def _take(self) -> Sequence[tuple[Item, asyncio.Future[Answer]]]:
        batch = [self._waiting.popleft()]
        weight = self._weigh(batch[0][0])
        while self._waiting and len(batch) < self._most:
            weight += self._weigh(self._waiting[0][0])
            if weight > self._heaviest:
                break
            batch.append(self._waiting.popleft())
        return batch
