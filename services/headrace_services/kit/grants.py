"""From what the instance file grants to a caller."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.api.types.v1.role_pb2 import Role
from headrace.rpc.scope import Caller
from headrace_services.kit.config.model import Grant


def caller_of(name: str, grant: Grant, granted_by: str) -> Caller:
    """Returns the caller to whom the entry `granted_by` of the instance file grants something."""
    return Caller(name, Role.Value(f"ROLE_{grant.role.upper()}"), frozenset(grant.locations), granted_by)


def greatest(name: str, grants: Mapping[str, Grant]) -> Caller:
    """Returns the caller to whom several entries grant something: the highest role, wherever one of them gives it.

    Args:
        name: The caller.
        grants: At least one, by entry.
    """
    callers = [caller_of(name, grant, entry) for entry, grant in grants.items()]
    highest = [caller for caller in callers if caller.role == max(each.role for each in callers)]
    everywhere = any(not caller.locations for caller in highest)
    locations = frozenset[str]() if everywhere else frozenset[str]().union(*(each.locations for each in highest))
    return Caller(name, highest[0].role, locations, " and ".join(caller.granted_by for caller in highest))
