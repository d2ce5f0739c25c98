"""WatchWork."""

from __future__ import annotations

from collections.abc import AsyncIterator

from headrace.api.storage.v1.run_queue_service_pb2 import WatchWorkRequest, WatchWorkResponse, WorkKind
from headrace_services.storage.store.hints import ALL_KINDS
from headrace_services.storage.store.store import Store

# The contract promises one every 15 s.
SIGN_OF_LIFE_SECONDS = 10.0


async def watch_work(store: Store, request: WatchWorkRequest) -> AsyncIterator[WatchWorkResponse]:
    """Hints that there is something to do; begins with a hint of everything unless the cursor is of this very moment."""
    kinds = frozenset(request.kinds) & ALL_KINDS or ALL_KINDS
    with store.signals.work(kinds) as watch:
        if request.cursor != _cursor(store):
            watch.add(kinds)
        seconds = 0.0
        while True:
            pending = await watch.next(seconds)
            yield WatchWorkResponse(
                kinds=[WorkKind.ValueType(kind) for kind in sorted(pending)], cursor=_cursor(store), caught_up=True
            )
            seconds = SIGN_OF_LIFE_SECONDS


def _cursor(store: Store) -> str:
    return f"{store.process_id}.{store.signals.work_version}"
