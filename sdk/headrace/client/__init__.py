"""The client: runs, events, assets, schedules, sensors and locations of a running Headrace."""

from __future__ import annotations

from headrace.client.aio_client import AsyncClient
from headrace.client.assets import AssetRecord
from headrace.client.automation import Evaluation, RequestedRun, Schedule, Sensor, Tick
from headrace.client.client import Client
from headrace.client.events import RunEvent
from headrace.client.failures import FailureDetail
from headrace.client.locations import JobRecord, Location
from headrace.client.runs import Run
from headrace.run_state import RunState

__all__ = [
    "AssetRecord",
    "AsyncClient",
    "Client",
    "Evaluation",
    "FailureDetail",
    "JobRecord",
    "Location",
    "RequestedRun",
    "Run",
    "RunEvent",
    "RunState",
    "Schedule",
    "Sensor",
    "Tick",
]
