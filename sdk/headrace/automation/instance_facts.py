"""What the records of an instance say of assets and checks, as facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headrace.automation.entities import EntityKey
from headrace.automation.facts import Fact, Forgotten, RunBegan, RunEnded, Update
from headrace.definitions.assets.data_version import DATA_VERSION_TAG
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.execute.events.event import AssetCheckEvaluated, AssetMaterialized, AssetObserved
from headrace.execute.events.event_types import EventType
from headrace.instance.details import AssetWiped, MaterializationPlanned, RunStateChanged
from headrace.instance.event_log import EventLogRecord
from headrace.instance.filters import EventQuery
from headrace.instance.instance import Instance

BACKFILL_TAG = "headrace/backfill"
_VERSION_TAGS = (DATA_VERSION_TAG, "dagster/data_version")
_TOLD = frozenset(
    {
        EventType.ASSET_MATERIALIZATION,
        EventType.ASSET_OBSERVATION,
        EventType.ASSET_CHECK_EVALUATION,
        EventType.ASSET_MATERIALIZATION_PLANNED,
        EventType.ASSET_WIPED,
        EventType.RUN_START,
        EventType.RUN_SUCCESS,
        EventType.RUN_FAILURE,
        EventType.RUN_CANCELED,
    }
)


def facts_of(instance: Instance) -> Iterator[Fact]:
    """All that an instance has recorded, in order."""
    planned: dict[str, set[EntityKey]] = {}
    for record in instance.ledger.events(EventQuery(event_types=_TOLD, ascending=True)):
        detail: Any = record.event_log_entry.event.detail
        if isinstance(detail, MaterializationPlanned):
            planned.setdefault(record.run_id, set()).add(detail.asset_key)
        elif isinstance(detail, RunStateChanged):
            yield from _of_run(instance, record.run_id, detail, planned.get(record.run_id, set()))
        elif isinstance(detail, AssetWiped):
            yield Forgotten(detail.asset_key, detail.partitions)
        else:
            yield from _update(record, detail)


def _of_run(instance: Instance, run_id: str, change: RunStateChanged, keys: set[EntityKey]) -> Iterator[Fact]:
    if change.state.finished:
        yield RunEnded(run_id, failed=change.event_type is EventType.RUN_FAILURE)
        return
    run = instance.get_run_by_id(run_id)
    if run is not None:
        target = run.partition_key_range or run.partition_key
        yield RunBegan(run_id, frozenset(keys), target, run.tags, backfill_id=run.tags.get(BACKFILL_TAG, ""))


def _update(record: EventLogRecord, detail: Any) -> Iterator[Update]:
    key: EntityKey = detail.asset_key
    passed, tags = None, getattr(detail, "tags", {})
    if isinstance(detail, AssetCheckEvaluated):
        key, passed = AssetCheckKey(detail.asset_key, detail.check_name), detail.passed
    if isinstance(detail, (AssetCheckEvaluated, AssetMaterialized, AssetObserved)):
        yield Update(
            key=key,
            position=record.storage_id,
            time=record.timestamp,
            partition=detail.partition,
            run_id=record.run_id,
            data_version=next((tags[name] for name in _VERSION_TAGS if name in tags), None),
            observed=isinstance(detail, AssetObserved),
            passed=passed,
        )
