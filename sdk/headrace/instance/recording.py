"""Keeping a run that is executed in this process in the records of an instance."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.execute.events.event import Event
from headrace.execute.planning.planned_assets import planned_assets
from headrace.instance.details import MaterializationPlanned, RunStateChanged
from headrace.instance.runs import RecordedRun
from headrace.run_state import RunState

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.events.event import FailureInfo
    from headrace.execute.runs.run import RunOutcome
    from headrace.execute.spec import RunSpec
    from headrace.instance.instance import Instance

_STATES = {"succeeded": RunState.SUCCEEDED, "failed": RunState.FAILED, "canceled": RunState.CANCELED}


class RunRecording:
    """One run, from what it plans to its end.

    Args:
        instance: Where it is kept.
        job: The job.
        spec: What is to run of it.

    Attributes:
        events: What has happened, in order.
    """

    def __init__(self, instance: Instance, job: JobDefinition, spec: RunSpec) -> None:
        self._ledger = instance.ledger
        self._spec = spec
        self.events: list[Event] = []
        now = time.time()
        self._ledger.begin_run(RecordedRun.begun(spec), now)
        for planned in _planned(job, spec, instance):
            self._ledger.store(self._event(planned))
        self._state(RunState.RUNNING)

    def emit(self, event: Event) -> None:
        """Keeps an event of the run."""
        self.events.append(event)
        self._ledger.store(event)

    def end(self, outcome: RunOutcome) -> None:
        """Keeps how the run ended."""
        first = next((event for event in self.events if event.is_step_failure), None)
        self._state(_STATES[outcome.state], outcome.failure, first)

    def forget(self) -> None:
        """Keeps nothing, for what never began because it was asked for wrongly."""
        self._ledger.delete_run(self._spec.run_id)

    def _state(self, state: RunState, failure: FailureInfo | None = None, first: Event | None = None) -> None:
        changed = RunStateChanged(state, self._spec.job_name, failure=failure, first_step_failure_event=first)
        self.emit(self._event(changed))

    def _event(self, detail: RunStateChanged | MaterializationPlanned) -> Event:
        return Event(self._spec.run_id, time.time(), "", 0, detail)  # type: ignore[arg-type]


def _planned(job: JobDefinition, spec: RunSpec, store: DynamicPartitionsStore) -> Iterator[MaterializationPlanned]:
    for planned in planned_assets(job, spec):
        partitions_def, ends = planned.partitions_def, planned.partitions
        if partitions_def is None or ends is None:
            yield MaterializationPlanned(planned.asset_key)
            continue
        keys = [ends.start] if ends.start == ends.end else partitions_def.get_partition_keys_in_range(ends, store)
        yield from (MaterializationPlanned(planned.asset_key, key) for key in keys)
