"""The calls about who may do what, and who did."""

from __future__ import annotations

from headrace.api.gateway.v1 import access_service_pb2 as pb
from headrace.client.access import AuditEntry, Caller, read_caller, read_entry
from headrace.client.call import Call, Listing

_ACCESS = "/headrace.api.gateway.v1.AccessService/"


def get_caller() -> Call[Caller]:
    """Reads who calls."""
    return Call(f"{_ACCESS}GetCaller", pb.GetCallerRequest(), pb.GetCallerResponse, read_caller)


def list_audit_entries(caller_name: str | None) -> Listing[AuditEntry]:
    """Reads what was changed, newest first."""
    return Listing(
        f"{_ACCESS}ListAuditEntries",
        pb.ListAuditEntriesRequest(caller_name=caller_name),
        pb.ListAuditEntriesResponse,
        lambda page: [read_entry(entry) for entry in page.entries],
    )
