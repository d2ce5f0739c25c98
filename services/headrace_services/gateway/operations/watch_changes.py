"""WatchChanges: hand on what storage hints at, in the words of people who look on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.api.gateway.v1 import deployment_service_pb2 as pb
from headrace.api.storage.v1 import run_queue_service_pb2 as work_pb2
from headrace_services.gateway.operations.relay import relay
from headrace_services.gateway.stubs import Backends

_WORK: Mapping[pb.ChangeKind.ValueType, Sequence[work_pb2.WorkKind.ValueType]] = {
    pb.CHANGE_KIND_QUEUE: (work_pb2.WORK_KIND_QUEUE, work_pb2.WORK_KIND_OUTBOX),
    pb.CHANGE_KIND_INSTIGATOR: (work_pb2.WORK_KIND_INSTIGATOR,),
    pb.CHANGE_KIND_TICK: (work_pb2.WORK_KIND_TICK,),
    pb.CHANGE_KIND_BACKFILL: (work_pb2.WORK_KIND_BACKFILL, work_pb2.WORK_KIND_BACKFILL_PROGRESS),
    pb.CHANGE_KIND_POOL: (work_pb2.WORK_KIND_POOL,),
    pb.CHANGE_KIND_REPLICA: (work_pb2.WORK_KIND_REPLICA,),
}


async def watch_changes(request: pb.WatchChangesRequest, backends: Backends, context: Any) -> None:
    """Writes hints to the caller for as long as it listens."""
    wanted = [kind for kind in _WORK if not request.kinds or kind in request.kinds]
    works = [work for kind in wanted for work in _WORK[kind]]
    watch = backends.queue.WatchWork(work_pb2.WatchWorkRequest(kinds=works, cursor=request.cursor))

    def convert(hint: work_pb2.WatchWorkResponse) -> pb.WatchChangesResponse:
        kinds = [kind for kind in wanted if any(work in hint.kinds for work in _WORK[kind])]
        return pb.WatchChangesResponse(kinds=kinds, cursor=hint.cursor, caught_up=hint.caught_up)

    await relay(watch, convert, context)
