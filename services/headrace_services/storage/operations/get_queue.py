"""GetQueue."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.run_queue_service_pb2 import GetQueueRequest, GetQueueResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.pool_messages import pool_message
from headrace_services.storage.messages.run_messages import queue_message
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import pools, queue
from headrace_services.storage.store.pools import PoolLimits, PoolUse
from headrace_services.storage.store.queue import QueueAsk, QueueView
from headrace_services.storage.store.store import Store

# A token names a place in the queue, whatever is left out of it.
_SELECTED = cursors.filter_hash("queue")


async def get_queue(store: Store, limits: PoolLimits, request: GetQueueRequest) -> GetQueueResponse:
    """Reads the queue from its head, or on from a place in it, and the runs that hold slots."""
    ask = QueueAsk(
        most=page_size(request.max_queued_runs, 100, 1000),
        excluded_groups=request.excluded_groups,
        after=cursors.decode(request.page_token, _SELECTED, int, int, int) if request.page_token else None,
        counted=not request.without_count,
        position_of=request.position_of_run_id,
    )

    def read(connection: Connection) -> tuple[QueueView, list[PoolUse]]:
        view = queue.view(connection, ask, store.database.now(connection))
        return view, pools.in_use(connection, limits)

    view, used = await store.read(read)
    return GetQueueResponse(
        version=view.version,
        queued_runs=map(queue_message, view.queued),
        active_runs=map(queue_message, view.active),
        queued_count=view.queued_count,
        next_page_token=cursors.encode(_SELECTED, *view.end) if view.end else "",
        runs_ahead=view.ahead,
        pools=map(pool_message, used),
    )
