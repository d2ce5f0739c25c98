"""Keeping a run that is executed in this process in the records of an instance."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.execute.events import Event
from headrace.execute.partitioned_run import made_assets
from headrace.execute.run_info import RunInfo
from headrace.instance.details import MaterializationPlanned, RunStateChanged
from headrace.instance.runs import RecordedRun
from headrace.run_state import RunState

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
    from headrace.execute.events import FailureInfo
    from headrace.execute.run import RunOutcome
    from headrace.execute.spec import RunSpec
    from headrace.instance.instance import Instance

_STATES = {"succeeded": RunState.SUCCEEDED, "failed": RunState.FAILED, "canceled": RunState.CANCELED}


class RunRecording:
    """One run, from what it plans to its end.

    Args:
        instance: Where it is kept.
        job: The job.
        spec: What is to run of it.
    """

    def __init__(self, instance: Instance, job: JobDefinition, spec: RunSpec) -> None:
        self._ledger = instance.ledger
        self._spec = spec
        now = time.time()
        self._ledger.begin_run(RecordedRun.begun(spec), now)
        for key, partition in _planned(job, spec, instance):
            self._ledger.store(self._event(MaterializationPlanned(key, partition)))
        self._state(RunState.RUNNING)

    def emit(self, event: Event) -> None:
        """Keeps an event of the run."""
        self._ledger.store(event)

    def end(self, outcome: RunOutcome) -> None:
        """Keeps how the run ended."""
        self._state(_STATES[outcome.state], outcome.failure)

    def forget(self) -> None:
        """Keeps nothing, for what never began because it was asked for wrongly."""
        self._ledger.delete_run(self._spec.run_id)

    def _state(self, state: RunState, failure: FailureInfo | None = None) -> None:
        self._ledger.store(self._event(RunStateChanged(state, self._spec.job_name, failure=failure)))

    def _event(self, detail: RunStateChanged | MaterializationPlanned) -> Event:
        return Event(self._spec.run_id, time.time(), "", 0, detail)  # type: ignore[arg-type]


def _planned(job: JobDefinition, spec: RunSpec, store: DynamicPartitionsStore) -> Iterator[tuple[AssetKey, str | None]]:
    """What a run is to make: each asset, or those of its partitions that the run is for."""
    run = RunInfo.of(spec)
    specs = job.asset_layer.specs if job.asset_layer is not None else {}
    for key in made_assets(job, spec):
        partitions_def = specs[key].partitions_def if key in specs else None
        for partition in _partitions(partitions_def, run, store):
            yield key, partition


def _partitions(
    partitions_def: PartitionsDefinition | None, run: RunInfo, store: DynamicPartitionsStore
) -> list[str | None]:
    if partitions_def is None:
        return [None]
    if run.partition_key_range is None:
        return [run.partition_key]
    return list(partitions_def.get_partition_keys_in_range(run.partition_key_range, store))
