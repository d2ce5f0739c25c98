"""ListAuditEntries."""

from __future__ import annotations

from headrace.api.storage.v1.audit_service_pb2 import ListAuditEntriesRequest, ListAuditEntriesResponse
from headrace.api.types.v1.audit_entry_pb2 import AuditEntry
from headrace_services.storage import cursors
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import audit
from headrace_services.storage.store.store import Store


async def list_audit_entries(store: Store, request: ListAuditEntriesRequest) -> ListAuditEntriesResponse:
    """Reads entries, the newest first."""
    caller = request.caller_name if request.HasField("caller_name") else None
    selected = cursors.filter_hash("audit", *([] if caller is None else [caller]))
    before = cursors.decode(request.page_token, selected, str)[0] if request.page_token else ""
    size = page_size(request.page_size, 100, 1000)
    found = await store.read(lambda connection: audit.newest(connection, caller, before, size + 1))
    entries = [AuditEntry.FromString(payload) for payload in found[:size]]
    return ListAuditEntriesResponse(
        entries=entries,
        next_page_token=cursors.encode(selected, entries[-1].entry_id) if len(found) > size else "",
    )
