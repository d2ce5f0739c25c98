"""Calls as values: what to send where, and how to read the answer. The two clients differ only in how they send them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from headrace.rpc.retry import RetryPolicy

T = TypeVar("T")

PAGE_SIZE = 500
# A gateway that is restarted, container and all, is away for about as long as this.
PATIENT = RetryPolicy(patience_seconds=30.0)


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request with one answer.

    Attributes:
        path: The method, `/package.Service/Method`.
        request: What to send.
        response_type: The class of the answer.
        read: Makes of the answer what the caller wants.
    """

    path: str
    request: Message
    response_type: type[Message]
    read: Callable[[Any], T]


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list that comes in pages; `read` makes of one page its items."""

    path: str
    request: Any
    response_type: type[Message]
    read: Callable[[Any], Sequence[T]]

    def page(self, token: str, limit: int | None) -> Call[tuple[Sequence[T], str]]:
        """Returns the call for the page that `token` names, of no more than `limit` items."""
        request = type(self.request)()
        request.CopyFrom(self.request)
        request.page_token = token
        request.page_size = PAGE_SIZE if limit is None else max(1, min(limit, PAGE_SIZE))
        return Call(self.path, request, self.response_type, lambda page: (self.read(page), page.next_page_token))


@dataclass(frozen=True, slots=True)
class Stream:
    """One request with any number of answers, which the caller reads itself."""

    path: str
    request: Message
    response_type: type[Message]
