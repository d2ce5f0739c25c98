"""The client: runs, events, assets, schedules, sensors and locations of a running Headrace."""

from __future__ import annotations

from headrace.client.access import AuditEntry, Caller
from headrace.client.aio_client import AsyncClient
from headrace.client.assets import AssetRecord
from headrace.client.automation import (
    Evaluation,
    PartitionChange,
    RequestedBackfill,
    RequestedRun,
    Schedule,
    Sensor,
    Tick,
)
from headrace.client.backfills import Backfill, BackfillPart, BackfillState
from headrace.client.client import Client
from headrace.client.events import RunEvent
from headrace.client.explanations import RunExplanation, RunWait
from headrace.client.failures import FailureDetail
from headrace.client.locations import JobRecord, Location
from headrace.client.pools import Pool, PoolStep
from headrace.client.runs import Run
from headrace.run_state import RunState

__all__ = [
    "AssetRecord",
    "AsyncClient",
    "AuditEntry",
    "Backfill",
    "BackfillPart",
    "BackfillState",
    "Caller",
    "Client",
    "Evaluation",
    "FailureDetail",
    "JobRecord",
    "Location",
    "PartitionChange",
    "Pool",
    "PoolStep",
    "RequestedBackfill",
    "RequestedRun",
    "Run",
    "RunEvent",
    "RunExplanation",
    "RunState",
    "RunWait",
    "Schedule",
    "Sensor",
    "Tick",
]
