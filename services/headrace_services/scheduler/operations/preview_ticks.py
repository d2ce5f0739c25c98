"""PreviewTicks: the moments at which a schedule will be due."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.scheduler.v1.scheduler_service_pb2 import PreviewTicksRequest, PreviewTicksResponse
from headrace.api.types.v1.instigator_pb2 import INSTIGATOR_KIND_SCHEDULE
from headrace.errors import InvalidArgumentError
from headrace_services.scheduler.context import Scheduler
from headrace_services.scheduler.instigators import key_of, moment

_DEFAULT_COUNT, _LARGEST_COUNT = 10, 1_000


async def preview_ticks(request: PreviewTicksRequest, scheduler: Scheduler) -> PreviewTicksResponse:
    """Computes the moments; asks no user code and no database."""
    entry = scheduler.book.find(key_of(request.ref))
    if request.ref.kind != INSTIGATOR_KIND_SCHEDULE:
        raise InvalidArgumentError(violations={"ref.kind": "only a schedule is due at known times"})
    after = moment(request.after_time) if request.HasField("after_time") else scheduler.clock.now()
    count = min(max(request.page_size, 0) or _DEFAULT_COUNT, _LARGEST_COUNT)
    response = PreviewTicksResponse()
    for due in entry.cadence().preview(after, count):
        time = Timestamp()
        time.FromDatetime(due)
        response.due_times.append(time)
    return response
