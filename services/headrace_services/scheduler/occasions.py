"""What an evaluation is about: a moment, and what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headrace.api.codeloc.v1.code_location_service_pb2 import AssetRecord, EvaluateSensorRequest
from headrace.api.types.v1.automation_state_pb2 import AutomationState
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.run_pb2 import Run
from headrace_services.scheduler.automation.cursors import FeedCursor
from headrace_services.scheduler.instigators import Entry


@dataclass(frozen=True, slots=True)
class RunChange:
    """A run that has reached a state.

    Attributes:
        run: The run.
        event: Says so.
        step_failures: The events of its steps that failed.
        cursor: The place in the feed after the event.
    """

    run: Run
    event: Event
    step_failures: Sequence[Event]
    cursor: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a schedule or sensor is evaluated.

    Attributes:
        due: The moment.
        cursor: What a sensor is told instead of its own cursor.
        change: The run that a run-status sensor is asked about.
        asset_records: The newest materializations of the assets that a sensor watches.
        automation_state: What the conditions of a sensor must know.
        feed: The place in the feed up to which that is known.
    """

    due: datetime
    cursor: str | None = None
    change: RunChange | None = None
    asset_records: Sequence[AssetRecord] = ()
    automation_state: AutomationState | None = None
    feed: str = ""

    def sensor_request(self, entry: Entry, cursor: str) -> EvaluateSensorRequest:
        """Returns the question for a sensor."""
        stored, change = entry.stored, self.change
        request = EvaluateSensorRequest(
            sensor_name=entry.key.name,
            cursor=cursor,
            last_run_key=stored.last_run_key if stored is not None else "",
            asset_records=self.asset_records,
        )
        if stored is not None and stored.HasField("last_tick_time"):
            request.last_tick_time.CopyFrom(stored.last_tick_time)
        if stored is not None and stored.HasField("active_since_time"):
            request.active_since_time.CopyFrom(stored.active_since_time)
        if self.automation_state is not None:
            request.automation_state.CopyFrom(self.automation_state)
            request.evaluation_time.FromDatetime(self.due)
            request.takes_backfills = True
        if change is not None:
            request.run.CopyFrom(change.run)
            request.run_event.CopyFrom(change.event)
            request.step_failures.extend(change.step_failures)
        return request

    def cursor_left(self, left: str) -> str:
        """Returns the cursor that is kept when a sensor leaves one."""
        return left if self.automation_state is None else str(FeedCursor(self.feed, left))
