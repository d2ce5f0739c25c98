"""GetQueue."""

from __future__ import annotations

from headrace.api.storage.v1.run_queue_service_pb2 import GetQueueRequest, GetQueueResponse
from headrace_services.storage.messages.run_messages import queue_message
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import queue
from headrace_services.storage.store.store import Store


async def get_queue(store: Store, request: GetQueueRequest) -> GetQueueResponse:
    """Reads the head of the queue and the runs that hold slots."""
    most = page_size(request.max_queued_runs, 100, 1000)
    view = await store.read(lambda connection: queue.view(connection, most))
    return GetQueueResponse(
        version=view.version,
        queued_runs=map(queue_message, view.queued),
        active_runs=map(queue_message, view.active),
        queued_count=view.queued_count,
    )
