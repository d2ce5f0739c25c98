"""SensorService: shows sensors and switches them on and off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headrace.api.gateway.v1 import sensor_service_pb2 as pb
from headrace.api.gateway.v1.sensor_service_pb2_grpc import SensorServiceServicer
from headrace.api.scheduler.v1 import scheduler_service_pb2 as scheduler_pb2
from headrace.api.storage.v1 import tick_store_service_pb2 as tick_store_pb2
from headrace.api.types.v1 import instigator_pb2
from headrace.ids import Ids
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.instigators import evaluate, list_ticks, ref_to, switch
from headrace_services.gateway.operations.sensors import find_sensor, list_sensors, read_sensor, sensor_record
from headrace_services.gateway.stubs import Backends

if TYPE_CHECKING:
    from headrace_services.gateway.operations.instigators import State

_KIND = instigator_pb2.INSTIGATOR_KIND_SENSOR


class SensorServicer(SensorServiceServicer):
    """Definitions from the coordinator, state from storage, questions to the scheduler."""

    def __init__(self, backends: Backends, catalog: Catalog, ids: Ids) -> None:
        self._backends = backends
        self._catalog = catalog
        self._ids = ids

    async def GetSensor(self, request: pb.GetSensorRequest, context: Any) -> pb.GetSensorResponse:
        location_name, definition = await find_sensor(self._catalog, request.sensor_name, request.location_name)
        return pb.GetSensorResponse(sensor=await read_sensor(self._backends, location_name, definition))

    async def ListSensors(self, request: pb.ListSensorsRequest, context: Any) -> pb.ListSensorsResponse:
        return await list_sensors(request, self._catalog, self._backends)

    async def ResumeSensor(self, request: pb.ResumeSensorRequest, context: Any) -> pb.ResumeSensorResponse:
        return pb.ResumeSensorResponse(sensor=await self._switch(request, instigator_pb2.INSTIGATOR_STATE_RUNNING))

    async def PauseSensor(self, request: pb.PauseSensorRequest, context: Any) -> pb.PauseSensorResponse:
        return pb.PauseSensorResponse(sensor=await self._switch(request, instigator_pb2.INSTIGATOR_STATE_STOPPED))

    async def ListSensorTicks(self, request: pb.ListSensorTicksRequest, context: Any) -> pb.ListSensorTicksResponse:
        ticks, token = await list_ticks(self._backends, await self._ref(request), request.page_size, request.page_token)
        return pb.ListSensorTicksResponse(ticks=ticks, next_page_token=token)

    async def TriggerSensor(self, request: pb.TriggerSensorRequest, context: Any) -> pb.TriggerSensorResponse:
        answer = await evaluate(
            self._backends,
            scheduler_pb2.EvaluateNowRequest(
                request_id=request.request_id or self._ids.uuid7(),
                ref=await self._ref(request),
                dry_run=request.dry_run,
                cursor=request.cursor if request.HasField("cursor") else None,
            ),
        )
        return pb.TriggerSensorResponse(
            tick=answer.tick,
            run_requests=answer.run_requests,
            partition_changes=answer.partition_changes,
            asset_events=answer.asset_events,
        )

    async def SetSensorCursor(self, request: pb.SetSensorCursorRequest, context: Any) -> pb.SetSensorCursorResponse:
        location_name, definition = await find_sensor(self._catalog, request.sensor_name, request.location_name)
        answer = await self._backends.ticks.SetInstigatorState(
            tick_store_pb2.SetInstigatorStateRequest(
                request_id=request.request_id or self._ids.uuid7(),
                ref=ref_to(_KIND, location_name, definition.name),
                keep_state=True,
                cursor=request.cursor,
            )
        )
        return pb.SetSensorCursorResponse(sensor=sensor_record(location_name, definition, answer.instigator))

    async def _ref(self, request: Any) -> instigator_pb2.InstigatorRef:
        location_name, definition = await find_sensor(self._catalog, request.sensor_name, request.location_name)
        return ref_to(_KIND, location_name, definition.name)

    async def _switch(self, request: pb.ResumeSensorRequest | pb.PauseSensorRequest, state: State) -> pb.SensorRecord:
        location_name, definition = await find_sensor(self._catalog, request.sensor_name, request.location_name)
        ref = ref_to(_KIND, location_name, definition.name)
        instigator = await switch(self._backends, request.request_id or self._ids.uuid7(), ref, state)
        return sensor_record(location_name, definition, instigator)
