"""Sensors as callers see them: definition and what is kept."""

from __future__ import annotations

from headrace.api.gateway.v1 import sensor_service_pb2 as pb
from headrace.api.types.v1 import instigator_pb2, sensor_pb2
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.instigators import effective_state, read_kept
from headrace_services.gateway.pages import page_of, size_of
from headrace_services.gateway.stubs import Backends

_KIND = instigator_pb2.INSTIGATOR_KIND_SENSOR
_DEFAULT_SIZE, _LARGEST_SIZE = 100, 1000


async def find_sensor(catalog: Catalog, name: str, location_name: str) -> tuple[str, sensor_pb2.SensorDefinition]:
    """Returns a sensor's location and definition."""
    return await catalog.find("sensor", name, location_name, lambda location: location.sensors)


async def list_sensors(request: pb.ListSensorsRequest, catalog: Catalog, backends: Backends) -> pb.ListSensorsResponse:
    """Returns a page of sensors by location and name."""
    defined = {
        (location.name, name): definition
        for location in await catalog.definitions(request.location_name)
        for name, definition in location.sensors.items()
    }
    size = size_of(request.page_size, _DEFAULT_SIZE, _LARGEST_SIZE)
    page, token = page_of(sorted(defined), (request.location_name,), size, request.page_token)
    kept = await read_kept(backends, _KIND, page)
    records = [sensor_record(key[0], defined[key[0], key[1]], kept.get((key[0], key[1]))) for key in page]
    return pb.ListSensorsResponse(sensors=records, next_page_token=token)


async def read_sensor(
    backends: Backends, location_name: str, definition: sensor_pb2.SensorDefinition
) -> pb.SensorRecord:
    """Returns one sensor as callers see it."""
    kept = await read_kept(backends, _KIND, [(location_name, definition.name)])
    return sensor_record(location_name, definition, kept.get((location_name, definition.name)))


def sensor_record(
    location_name: str, definition: sensor_pb2.SensorDefinition, instigator: instigator_pb2.Instigator | None
) -> pb.SensorRecord:
    """Returns a sensor as callers see it."""
    said = instigator.state if instigator else instigator_pb2.INSTIGATOR_STATE_UNSPECIFIED
    return pb.SensorRecord(
        location_name=location_name,
        definition=definition,
        instigator=instigator,
        state=effective_state(said, definition.default_state),
    )
