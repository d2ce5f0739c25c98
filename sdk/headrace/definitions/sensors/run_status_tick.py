"""What a run-status sensor decides about all runs that have reached its state since it was last asked, in tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from headrace.definitions.automation.run_request import RunRequest
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.definitions.sensors.sensor import SensorTickData

_RUNS_PER_TICK = 25


class AsksAboutRuns(Protocol):
    """What a run-status sensor tells."""

    @property
    def run_state(self) -> str:
        """The state that runs must reach."""

    def watches(self, job_name: str) -> bool:
        """Whether it is asked about the runs of a job."""

    def evaluate_event(self, context: SensorEvaluationContext, event: Any, run: Any) -> SensorTickData:
        """Decides about one run."""


def tick_of_runs(sensor: AsksAboutRuns, context: SensorEvaluationContext) -> SensorTickData:
    """Asks a sensor about the runs since its cursor; without one, it begins with those from now on."""
    seen = _last_seen(context.cursor)
    if seen is None:
        newest = context.instance.fetch_run_states(sensor.run_state, limit=1)
        cursor = _cursor(newest[0].storage_id if newest else 0)
        return SensorTickData([], "The sensor begins with the runs from now on.", cursor)
    decided = []
    for record in context.instance.fetch_run_states(sensor.run_state, limit=_RUNS_PER_TICK, after_storage_id=seen):
        seen = record.storage_id
        run = context.instance.get_run_by_id(record.event_log_entry.run_id)
        if run is not None and sensor.watches(run.job_name):
            decided.append(sensor.evaluate_event(context, record.event_log_entry.dagster_event, run))
    return _together(decided, _cursor(seen))


def _together(decided: Sequence[SensorTickData], cursor: str) -> SensorTickData:
    return SensorTickData(
        list(_requests(decided)),
        next((each.skip_message for each in decided if each.skip_message), None),
        cursor,
        [request for each in decided for request in each.dynamic_partitions_requests],
        [event for each in decided for event in each.asset_events],
    )


def _requests(decided: Sequence[SensorTickData]) -> Iterator[RunRequest]:
    for each in decided:
        yield from each.run_requests


def _last_seen(cursor: str | None) -> int | None:
    return None if cursor is None else int(json.loads(cursor)["record_id"])


def _cursor(record_id: int) -> str:
    return json.dumps({"record_id": record_id})
