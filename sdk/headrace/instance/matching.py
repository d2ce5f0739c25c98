"""Whether an event or a run is what somebody looks for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headrace.instance.event_log import EventLogRecord
    from headrace.instance.filters import EventQuery, RunsFilter
    from headrace.instance.runs import RunRecord

T = TypeVar("T", float, datetime)


def matches_event(query: EventQuery, record: EventLogRecord) -> bool:
    """Whether a query finds an event."""
    entry = record.event_log_entry
    return (
        (query.event_types is None or entry.dagster_event_type in query.event_types)
        and (query.run_id is None or record.run_id == query.run_id)
        and (query.asset_key is None or record.asset_key == query.asset_key)
        and (query.partitions is None or record.partition_key in query.partitions)
        and (query.job_names is None or entry.job_name in query.job_names)
        and (query.storage_ids is None or record.storage_id in query.storage_ids)
        and _between(record.storage_id, query.after_id, query.before_id)
        and _between(record.timestamp, query.after_timestamp, query.before_timestamp)
    )


def matches_run(wanted: RunsFilter, record: RunRecord) -> bool:
    """Whether a filter finds a run."""
    run = record.dagster_run
    return (
        (wanted.run_ids is None or run.run_id in wanted.run_ids)
        and (wanted.job_name is None or run.job_name == wanted.job_name)
        and (not wanted.statuses or run.state in wanted.statuses)
        and _tagged(wanted.tags, run.tags)
        and _between(record.create_timestamp, wanted.created_after, wanted.created_before)
        and _between(record.update_timestamp, wanted.updated_after, wanted.updated_before)
    )


def _tagged(wanted: Mapping[str, str | Sequence[str]], tags: Mapping[str, str]) -> bool:
    return all(
        tags.get(name) == value if isinstance(value, str) else tags.get(name) in value
        for name, value in (wanted or {}).items()
    )


def _between(value: T, after: T | None, before: T | None) -> bool:
    return (after is None or value > after) and (before is None or value < before)
