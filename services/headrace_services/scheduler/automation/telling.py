"""Events as facts."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.run_pb2 import (
    RUN_STATE_CANCELED,
    RUN_STATE_FAILED,
    RUN_STATE_QUEUED,
    RUN_STATE_SUCCEEDED,
    Run,
)
from headrace.automation.entities import EntityKey
from headrace.automation.facts import Fact, Forgotten, RunBegan, RunEnded, Target, Update
from headrace.definitions.assets.data_version import DATA_VERSION_TAG
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.execute.run_info import partition_range_of
from headrace.wire.asset_keys import from_asset_key
from headrace.wire.moments import from_timestamp
from headrace.wire.tags import from_tags
from headrace_services.scheduler.automation.catalog import Catalog

KINDS = (
    "asset_materialized",
    "asset_observed",
    "asset_check_evaluated",
    "asset_wiped",
    "run_planned",
    "run_state_changed",
)
"""The events that facts are told by."""
BACKFILL_TAG = "headrace/backfill"
_OVER = (RUN_STATE_SUCCEEDED, RUN_STATE_FAILED, RUN_STATE_CANCELED)
_VERSION_TAGS = (DATA_VERSION_TAG, "dagster/data_version")


def began(run: Run, catalog: Catalog) -> RunBegan:
    """The fact that a run was asked for, with the assets and checks that are known here."""
    tags = from_tags(run.tags)
    target: Target = partition_range_of(tags) or run.partition_key or None
    return RunBegan(run.run_id, catalog.targets(run), target, tags, backfill_id=tags.get(BACKFILL_TAG, ""))


def is_new_run(event: Event) -> bool:
    """Whether an event says that a run was made."""
    return event.WhichOneof("detail") == "run_state_changed" and event.run_state_changed.state == RUN_STATE_QUEUED


def facts_of(event: Event, position: int, catalog: Catalog) -> Iterator[Fact]:
    """What an event says of the assets and checks of a location."""
    kind = event.WhichOneof("detail")
    if kind == "run_state_changed":
        if event.run_state_changed.state in _OVER:
            yield RunEnded(event.run_id, failed=event.run_state_changed.state == RUN_STATE_FAILED)
        return
    if kind == "asset_wiped":
        key = from_asset_key(event.asset_wiped.asset_key)
        if key in catalog.partitions:
            yield Forgotten(key, tuple(event.asset_wiped.partition_keys))
        return
    update = update_of(event, position)
    if update is not None and update.key in catalog.partitions:
        yield update


def update_of(event: Event, position: int) -> Update | None:
    """What an event says of an asset or check; None if it says nothing."""
    kind = event.WhichOneof("detail")
    if kind == "asset_materialized":
        made = event.asset_materialized
        return _update(event, position, from_asset_key(made.asset_key), made.partition_key, from_tags(made.tags))
    if kind == "asset_observed":
        seen = event.asset_observed
        key = from_asset_key(seen.asset_key)
        return _update(event, position, key, seen.partition_key, from_tags(seen.tags), observed=True)
    if kind == "asset_check_evaluated":
        judged = event.asset_check_evaluated
        check = AssetCheckKey(from_asset_key(judged.asset_key), judged.check_name)
        return _update(event, position, check, judged.partition_key, {}, passed=judged.passed)
    return None


def _update(
    event: Event,
    position: int,
    key: EntityKey,
    partition: str,
    tags: dict[str, str],
    *,
    observed: bool = False,
    passed: bool | None = None,
) -> Update:
    return Update(
        key=key,
        position=position,
        time=from_timestamp(event.event_time).timestamp(),
        partition=partition or None,
        run_id=event.run_id,
        data_version=next((tags[name] for name in _VERSION_TAGS if name in tags), None),
        observed=observed,
        passed=passed,
    )
