"""Which sensor an event concerns. Pure."""

from __future__ import annotations

from headrace.api.types.v1.event_pb2 import Event, RunStateChanged
from headrace.api.types.v1.sensor_pb2 import SensorDefinition


def concerns(sensor: SensorDefinition, location_name: str, change: RunStateChanged) -> bool:
    """Tells whether a sensor of a location is asked about a change of a run's state."""
    if change.state != sensor.watched_state:
        return False
    if sensor.watches_all_locations:
        return True
    if not sensor.watched_job_names and not sensor.watched_runs:
        return change.location_name == location_name
    if change.location_name == location_name and change.job_name in sensor.watched_job_names:
        return True
    return any(
        each.location_name == change.location_name and each.job_name in ("", change.job_name)
        for each in sensor.watched_runs
    )


def watches(sensor: SensorDefinition, event: Event) -> bool:
    """Tells whether an event is a materialization of an asset that a sensor watches."""
    return event.asset_materialized.asset_key in sensor.watched_assets
