"""What a sensor tells of assets, as events that belong to no run."""

from __future__ import annotations

import time

from headrace.api.types.v1 import event_pb2 as pb
from headrace.definitions.sensors.sensor import AssetEvent
from headrace.execute.events.event import Event
from headrace.execute.events.user_events import user_event_detail
from headrace.wire.events import to_event


def to_asset_event(event: AssetEvent) -> pb.Event:
    """Writes a materialization, an observation or the verdict of a check."""
    return to_event(Event("", time.time(), "", 0, user_event_detail(event)))
