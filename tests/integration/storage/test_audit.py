"""Who changed what, as storage keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from headrace.api.storage.v1.audit_service_pb2 import AppendAuditEntriesRequest, ListAuditEntriesRequest
from headrace.api.types.v1.audit_entry_pb2 import AuditEntry
from headrace.errors import CursorMismatchError, InvalidArgumentError
from headrace.ids import RandomIds
from headrace_services.kit.config.model import Retention
from headrace_services.kit.metrics import Metrics
from headrace_services.storage.measures import StorageMetrics
from headrace_services.storage.store.opening import open_sqlite
from headrace_services.storage.upkeep import Upkeep
from rig.shifted_clock import ShiftedClock
from rig.storage import StorageClient, refused, running_storage

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


def entry(number: int, caller: str = "ci", called: datetime = NOON) -> AuditEntry:
    made = AuditEntry(entry_id=f"{number:04d}", caller_name=caller, method="a.Service/Change", code="OK")
    made.call_time.FromDatetime(called)
    return made


async def append(storage: StorageClient, *entries: AuditEntry) -> None:
    await storage.audit.AppendAuditEntries(AppendAuditEntriesRequest(entries=entries))


async def listed(storage: StorageClient, caller: str | None = None) -> Sequence[str]:
    request, found = ListAuditEntriesRequest(caller_name=caller, page_size=2), list[str]()
    while True:
        page = await storage.audit.ListAuditEntries(request)
        found += [each.entry_id for each in page.entries]
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_entries_are_read_newest_first_page_by_page_of_all_or_of_one_caller(storage: StorageClient) -> None:
    await append(storage, entry(1), entry(2, ""), entry(3), entry(4, "wall"), entry(5))
    assert await listed(storage) == ["0005", "0004", "0003", "0002", "0001"]
    assert await listed(storage, "ci") == ["0005", "0003", "0001"]
    assert await listed(storage, "") == ["0002"]


async def test_an_entry_that_is_brought_again_stays_as_it_was(storage: StorageClient) -> None:
    await append(storage, entry(1))
    await append(storage, entry(1, "somebody else"), entry(2))
    page = await storage.audit.ListAuditEntries(ListAuditEntriesRequest())
    assert [each.caller_name for each in page.entries] == ["ci", "ci"]
    assert page.entries[1] == entry(1)


async def test_what_cannot_be_an_entry_is_refused_and_nothing_of_it_is_kept(storage: StorageClient) -> None:
    with refused(InvalidArgumentError, "entry_id"):
        await append(storage, entry(1), AuditEntry(method="a.Service/Change"))
    assert await listed(storage) == []


async def test_a_page_token_is_good_for_its_own_list(storage: StorageClient) -> None:
    await append(storage, entry(1), entry(2))
    page = await storage.audit.ListAuditEntries(ListAuditEntriesRequest(page_size=1))
    with refused(CursorMismatchError):
        await storage.audit.ListAuditEntries(ListAuditEntriesRequest(page_token=page.next_page_token, caller_name="ci"))


async def test_entries_are_forgotten_when_their_days_are_over(tmp_path: Path) -> None:
    clock = ShiftedClock(NOON)
    path = tmp_path / "timed.db"
    async with running_storage(lambda clock: open_sqlite(path, clock, RandomIds()), clock) as running:
        await append(running.client, entry(1, called=NOON - timedelta(days=8)), entry(2))
        metrics = StorageMetrics(Metrics())
        await Upkeep(running.store, metrics, Retention(audit_days=-1)).prune(NOON)
        assert await listed(running.client) == ["0002", "0001"]
        await Upkeep(running.store, metrics, Retention(audit_days=7)).prune(NOON)
        assert await listed(running.client) == ["0002"]
