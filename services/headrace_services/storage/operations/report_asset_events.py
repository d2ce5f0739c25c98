"""ReportAssetEvents."""

from __future__ import annotations

from headrace.api.storage.v1.asset_index_service_pb2 import ReportAssetEventsRequest, ReportAssetEventsResponse
from headrace.errors import MessageTooLargeError
from headrace_services.storage.messages.event_messages import reports
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.operations.reports import asset_locks
from headrace_services.storage.store import events
from headrace_services.storage.store.locks import REPORTS_LOCK
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

_MOST_EVENTS = 500


async def report_asset_events(store: Store, request: ReportAssetEventsRequest) -> ReportAssetEventsResponse:
    """Stores what happened to assets outside of any run."""
    if len(request.events) > _MOST_EVENTS:
        raise MessageTooLargeError(f"there are {len(request.events)} events, at most {_MOST_EVENTS} are stored at once")
    original = ReportAssetEventsRequest()
    original.CopyFrom(request)
    new = reports(request.events)

    def act(tx: Transaction) -> ReportAssetEventsResponse:
        if new:
            events.report(tx, new)
        return ReportAssetEventsResponse()

    locks = asset_locks(new) | {REPORTS_LOCK}
    return await store.write(once("report_asset_events", original, ReportAssetEventsResponse, act, locks))
