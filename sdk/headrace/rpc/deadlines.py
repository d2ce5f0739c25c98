"""How long a call may take: the method's default, the caller's wish, and what is left of the call being served."""

from __future__ import annotations

import time

from headrace.rpc.methods import Method
from headrace.rpc.scope import current_scope

# What a hop keeps back to turn an answer that did not come in time into one that says so.
HOP_RESERVE_SECONDS = 0.2
# A call that is out of time still goes out: the transport then answers DEADLINE_EXCEEDED as it always does.
_LEAST_SECONDS = 0.001


def time_left() -> float | None:
    """Returns the seconds until the caller of the call being served stops waiting; None if it never does."""
    scope = current_scope()
    if scope is None or scope.deadline is None:
        return None
    return scope.deadline - time.monotonic()


def call_timeout(method: Method, wanted: float | None) -> float | None:
    """Returns the timeout to put on a call of `method`; None for a stream without end."""
    limit = method.timeout if wanted is None else wanted
    left = time_left()
    if left is None:
        return limit
    left = max(left - HOP_RESERVE_SECONDS, _LEAST_SECONDS)
    return left if limit is None else min(limit, left)
