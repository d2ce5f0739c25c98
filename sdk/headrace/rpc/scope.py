"""What a process knows while it serves one call: the request's id, its deadline and its caller."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from headrace.api.types.v1.role_pb2 import ROLE_ADMIN, Role


@dataclass(slots=True)
class Caller:
    """Who calls, as an authenticator found out.

    Attributes:
        name: For the audit; empty where nobody asked, or where the instance's own token says no more.
        role: What they may do.
        locations: Where they may change something; empty: everywhere.
        granted_by: Where the instance file says all this.
    """

    name: str = ""
    role: Role.ValueType = ROLE_ADMIN
    locations: frozenset[str] = frozenset()
    granted_by: str = ""


@dataclass(slots=True)
class CallScope:
    """One served call.

    Attributes:
        method: The path of the method.
        request_id: Names the call in the logs of every process it passes through.
        deadline: When the caller stops waiting, on the monotonic clock; None if never.
        traceparent: The caller's trace, to hand on.
        caller: Who calls.
        ended: Whether the call was answered. A task that outlives its call is no longer bound by its deadline.
    """

    method: str
    request_id: str
    deadline: float | None
    traceparent: str
    caller: Caller
    ended: bool = False


_current: ContextVar[CallScope | None] = ContextVar("headrace_call_scope", default=None)
enter = _current.set
leave = _current.reset


def current_scope() -> CallScope | None:
    """Returns the call that this task serves; None outside one, or after it was answered."""
    scope = _current.get()
    return None if scope is None or scope.ended else scope


def current_caller() -> Caller:
    """Returns who made the call that this task serves; nobody in particular outside one."""
    scope = current_scope()
    return Caller() if scope is None else scope.caller
