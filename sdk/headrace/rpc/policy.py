"""What every outgoing call carries, whichever channel it takes: a deadline, an id, a version, a token."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from headrace.ids import RandomIds
from headrace.rpc.deadlines import call_timeout, time_left
from headrace.rpc.methods import Method
from headrace.rpc.retry import RetryPolicy, Tries
from headrace.rpc.scope import current_scope
from headrace.version import version

REQUEST_ID_KEY = "x-headrace-request-id"
VERSION_KEY = "x-headrace-version"
TRACE_KEY = "traceparent"
TOKEN_KEY = "authorization"

Token = str | Callable[[], str]
MetadataPairs = tuple[tuple[str, str | bytes], ...]

_ids = RandomIds()


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """How the calls of one channel behave.

    Attributes:
        token: Who calls, as a bearer token; a function is asked anew for each call, so that tokens may rotate.
        retry: When and how often to try again.
    """

    token: Token | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)

    def timeout(self, method: Method, wanted: float | None) -> float | None:
        """Returns the timeout to put on the call."""
        return call_timeout(method, wanted)

    def tries(self, method: Method, request: object, wanted: float | None) -> Tries:
        """Returns how the call is to be tried; `wanted` is the timeout that its caller names."""
        timeout = self.timeout(method, wanted)
        own = self.retry.patience_seconds if wanted is None and time_left() is None else None
        return Tries(self.retry, method, request, timeout, own)

    def metadata(self, given: Iterable[tuple[str, str | bytes]] | None) -> MetadataPairs:
        """Returns the metadata to send: what the caller gave, and what every call carries."""
        scope = current_scope()
        pairs: list[tuple[str, str | bytes]] = list(given or ())
        if not any(key == REQUEST_ID_KEY for key, _ in pairs):
            pairs.append((REQUEST_ID_KEY, scope.request_id if scope else _ids.uuid7()))
        if scope and scope.traceparent:
            pairs.append((TRACE_KEY, scope.traceparent))
        pairs.append((VERSION_KEY, version()))
        if self.token is not None:
            pairs.append((TOKEN_KEY, f"Bearer {self.token() if callable(self.token) else self.token}"))
        return tuple(pairs)
