"""AppendAuditEntries."""

from __future__ import annotations

from headrace.api.storage.v1.audit_service_pb2 import AppendAuditEntriesRequest, AppendAuditEntriesResponse
from headrace.api.types.v1.audit_entry_pb2 import AuditEntry
from headrace_services.storage.operations.checks import require, wrong
from headrace_services.storage.store import audit
from headrace_services.storage.store.audit import AuditRecord
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction

_MOST = 1_000


async def append_audit_entries(store: Store, request: AppendAuditEntriesRequest) -> AppendAuditEntriesResponse:
    """Keeps entries; those that are there already stay as they are."""
    if len(request.entries) > _MOST:
        raise wrong("entries", f"must be at most {_MOST}")
    records = [_record(entry) for entry in request.entries]

    def act(tx: Transaction) -> AppendAuditEntriesResponse:
        audit.add(tx, records)
        return AppendAuditEntriesResponse()

    return await store.write(Intent("append_audit_entries", act))


def _record(entry: AuditEntry) -> AuditRecord:
    require(entry, "entry_id", "method")
    return AuditRecord(entry.entry_id, entry.call_time.ToMicroseconds(), entry.caller_name, entry.SerializeToString())
