"""Backfills between message and row."""

from __future__ import annotations

from headrace.api.types.v1.backfill_pb2 import Backfill, BackfillState
from headrace.api.types.v1.failure_pb2 import Failure
from headrace_services.storage.messages.run_messages import set_time
from headrace_services.storage.store.backfills import BackfillRecord

_GIVEN_BY_STORAGE = (
    "state",
    "counts",
    "run_count",
    "active_run_count",
    "failure",
    "create_time",
    "finish_time",
    "etag",
)


def backfill_spec(backfill: Backfill) -> bytes:
    """Returns what never changes of a backfill."""
    spec = Backfill()
    spec.CopyFrom(backfill)
    for field in _GIVEN_BY_STORAGE:
        spec.ClearField(field)  # type: ignore[arg-type]
    return spec.SerializeToString(deterministic=True)


def backfill_message(record: BackfillRecord) -> Backfill:
    """Returns a backfill as callers see it."""
    backfill = Backfill.FromString(record.spec)
    backfill.counts.extend(Backfill.FromString(record.counts).counts)
    backfill.state = BackfillState.ValueType(record.state)
    backfill.run_count = record.run_count
    # A run that was repeated by itself ends once more than it was asked for.
    backfill.active_run_count = max(0, record.run_count - record.ended_count) if record.finish_time is None else 0
    if record.failure is not None:
        backfill.failure.CopyFrom(Failure.FromString(record.failure))
    set_time(backfill.create_time, record.create_time)
    set_time(backfill.finish_time, record.finish_time)
    backfill.etag = str(record.version)
    return backfill
