"""ScheduleService: shows schedules and switches them on and off."""

from __future__ import annotations

from datetime import timezone
from typing import TYPE_CHECKING, Any

from headrace.api.gateway.v1 import schedule_service_pb2 as pb
from headrace.api.gateway.v1.schedule_service_pb2_grpc import ScheduleServiceServicer
from headrace.api.scheduler.v1 import scheduler_service_pb2 as scheduler_pb2
from headrace.api.types.v1 import instigator_pb2
from headrace.clock import Clock
from headrace.ids import Ids
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.instigators import Kept, evaluate, list_ticks, ref_to, switch
from headrace_services.gateway.operations.schedules import (
    find_schedule,
    list_schedules,
    preview_ticks,
    read_schedule,
    schedule_record,
)
from headrace_services.gateway.stubs import Backends

if TYPE_CHECKING:
    from headrace_services.gateway.operations.instigators import State

_KIND = instigator_pb2.INSTIGATOR_KIND_SCHEDULE


class ScheduleServicer(ScheduleServiceServicer):
    """Definitions from the coordinator, state from storage, questions to the scheduler."""

    def __init__(self, backends: Backends, catalog: Catalog, clock: Clock, ids: Ids) -> None:
        self._backends = backends
        self._catalog = catalog
        self._clock = clock
        self._ids = ids

    async def GetSchedule(self, request: pb.GetScheduleRequest, context: Any) -> pb.GetScheduleResponse:
        location_name, definition = await find_schedule(self._catalog, request.schedule_name, request.location_name)
        record = await read_schedule(self._backends, location_name, definition, self._clock.now())
        return pb.GetScheduleResponse(schedule=record)

    async def ListSchedules(self, request: pb.ListSchedulesRequest, context: Any) -> pb.ListSchedulesResponse:
        return await list_schedules(request, self._catalog, self._backends, self._clock.now())

    async def ResumeSchedule(self, request: pb.ResumeScheduleRequest, context: Any) -> pb.ResumeScheduleResponse:
        return pb.ResumeScheduleResponse(schedule=await self._switch(request, instigator_pb2.INSTIGATOR_STATE_RUNNING))

    async def PauseSchedule(self, request: pb.PauseScheduleRequest, context: Any) -> pb.PauseScheduleResponse:
        return pb.PauseScheduleResponse(schedule=await self._switch(request, instigator_pb2.INSTIGATOR_STATE_STOPPED))

    async def ListScheduleTicks(
        self, request: pb.ListScheduleTicksRequest, context: Any
    ) -> pb.ListScheduleTicksResponse:
        ref = await self._ref(request)
        ticks, token = await list_ticks(self._backends, ref, request.page_size, request.page_token)
        return pb.ListScheduleTicksResponse(ticks=ticks, next_page_token=token)

    async def PreviewScheduleTicks(
        self, request: pb.PreviewScheduleTicksRequest, context: Any
    ) -> pb.PreviewScheduleTicksResponse:
        _, definition = await find_schedule(self._catalog, request.schedule_name, request.location_name)
        given = request.after_time.ToDatetime(tzinfo=timezone.utc) if request.HasField("after_time") else None
        return preview_ticks(definition, given or self._clock.now(), request.page_size)

    async def TriggerSchedule(self, request: pb.TriggerScheduleRequest, context: Any) -> pb.TriggerScheduleResponse:
        answer = await evaluate(
            self._backends,
            scheduler_pb2.EvaluateNowRequest(
                request_id=request.request_id or self._ids.uuid7(),
                ref=await self._ref(request),
                due_time=request.due_time if request.HasField("due_time") else None,
                dry_run=request.dry_run,
            ),
        )
        return pb.TriggerScheduleResponse(tick=answer.tick, run_requests=answer.run_requests)

    async def _ref(self, request: Any) -> instigator_pb2.InstigatorRef:
        location_name, definition = await find_schedule(self._catalog, request.schedule_name, request.location_name)
        return ref_to(_KIND, location_name, definition.name)

    async def _switch(
        self, request: pb.ResumeScheduleRequest | pb.PauseScheduleRequest, state: State
    ) -> pb.ScheduleRecord:
        location_name, definition = await find_schedule(self._catalog, request.schedule_name, request.location_name)
        ref = ref_to(_KIND, location_name, definition.name)
        instigator = await switch(self._backends, request.request_id or self._ids.uuid7(), ref, state)
        kept: Kept = {(location_name, definition.name): instigator}
        return schedule_record(location_name, definition, kept, self._clock.now())
