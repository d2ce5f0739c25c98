"""The calls about sensors."""

from __future__ import annotations

from headrace.api.gateway.v1 import sensor_service_pb2 as service
from headrace.client.automation import Evaluation, Sensor, Tick, read_evaluation, read_sensor, read_tick
from headrace.client.call import Call, Listing
from headrace.client.run_calls import new_request_id

_SENSORS = "/headrace.api.gateway.v1.SensorService/"


def get_sensor(name: str, location_name: str) -> Call[Sensor]:
    """Reads one sensor."""
    request = service.GetSensorRequest(sensor_name=name, location_name=location_name)
    return Call(f"{_SENSORS}GetSensor", request, service.GetSensorResponse, lambda answer: read_sensor(answer.sensor))


def list_sensors(location_name: str) -> Listing[Sensor]:
    """Reads the sensors of all locations."""
    return Listing(
        f"{_SENSORS}ListSensors",
        service.ListSensorsRequest(location_name=location_name),
        service.ListSensorsResponse,
        lambda page: [read_sensor(record) for record in page.sensors],
    )


def start_sensor(name: str, location_name: str) -> Call[Sensor]:
    """Switches a sensor on."""
    request = service.ResumeSensorRequest(request_id=new_request_id(), sensor_name=name, location_name=location_name)
    return Call(
        f"{_SENSORS}ResumeSensor", request, service.ResumeSensorResponse, lambda answer: read_sensor(answer.sensor)
    )


def stop_sensor(name: str, location_name: str) -> Call[Sensor]:
    """Switches a sensor off."""
    request = service.PauseSensorRequest(request_id=new_request_id(), sensor_name=name, location_name=location_name)
    return Call(
        f"{_SENSORS}PauseSensor", request, service.PauseSensorResponse, lambda answer: read_sensor(answer.sensor)
    )


def list_sensor_ticks(name: str, location_name: str) -> Listing[Tick]:
    """Reads a sensor's ticks, newest first."""
    return Listing(
        f"{_SENSORS}ListSensorTicks",
        service.ListSensorTicksRequest(sensor_name=name, location_name=location_name),
        service.ListSensorTicksResponse,
        lambda page: [read_tick(tick) for tick in page.ticks],
    )


def trigger_sensor(name: str, location_name: str, dry_run: bool, cursor: str | None) -> Call[Evaluation]:
    """Evaluates a sensor as if it were due."""
    request = service.TriggerSensorRequest(
        request_id=new_request_id(), sensor_name=name, location_name=location_name, dry_run=dry_run, cursor=cursor
    )
    return Call(f"{_SENSORS}TriggerSensor", request, service.TriggerSensorResponse, read_evaluation)


def set_sensor_cursor(name: str, location_name: str, cursor: str) -> Call[Sensor]:
    """Gives a sensor another cursor."""
    request = service.SetSensorCursorRequest(
        request_id=new_request_id(), sensor_name=name, location_name=location_name, cursor=cursor
    )
    return Call(
        f"{_SENSORS}SetSensorCursor",
        request,
        service.SetSensorCursorResponse,
        lambda answer: read_sensor(answer.sensor),
    )
