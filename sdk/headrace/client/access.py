"""Who may do what and who did, as the client gives it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headrace.api.types.v1 import audit_entry_pb2
from headrace.client.plain import member_of, tags_of, time_of


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        name: Their name in the instance file; empty for who has the instance's own token, or needs none.
        role: `viewer`, `launcher`, `editor` or `admin`; each may do what those before it may.
        location_names: Where they may change something; empty for everywhere, and in the audit.
    """

    name: str
    role: str
    location_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One call that changed something, or was to.

    Attributes:
        entry_id: Its id.
        time: When the call was answered.
        caller: Who called.
        method: What they called, as `headrace.api.gateway.v1.RunService/CreateRun`.
        subjects: What for: names and ids in the request, such as `job_name`.
        code: The gRPC code of the answer, such as `OK` or `PERMISSION_DENIED`.
        request_id: What the logs of every process name the call by.
    """

    entry_id: str
    time: datetime | None
    caller: Caller
    method: str
    subjects: Mapping[str, str]
    code: str
    request_id: str


def read_caller(answer: Any) -> Caller:
    """Returns a caller of the contract as the client gives it out."""
    return Caller(answer.name, member_of(answer, "role"), tuple(answer.location_names))


def read_entry(message: audit_entry_pb2.AuditEntry) -> AuditEntry:
    """Returns an entry of the contract as the client gives it out."""
    return AuditEntry(
        entry_id=message.entry_id,
        time=time_of(message, "call_time"),
        caller=Caller(message.caller_name, member_of(message, "role")),
        method=message.method,
        subjects=tags_of(message.subjects),
        code=message.code,
        request_id=message.request_id,
    )
