"""Answering a repeated request as it was answered the first time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

_MOST = 256

Answer = TypeVar("Answer")


class Repeats(Generic[Answer]):
    """Remembers the newest answers of this process; of older ones storage knows that they were given."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    async def once(self, request_id: str, act: Callable[[], Awaitable[Answer]]) -> Answer:
        """Returns the answer to a request; acts unless it is known."""
        if request_id and request_id in self._answers:
            return self._answers[request_id]
        answer = await act()
        if request_id:
            self._answers[request_id] = answer
            if len(self._answers) > _MOST:
                self._answers.popitem(last=False)
        return answer
