"""Events of runs as the client gives them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from headrace.api.types.v1 import event_pb2
from headrace.client.event_text import describe
from headrace.client.failures import FailureDetail, failure_of
from headrace.client.plain import plain, time_of

_EPOCH = datetime.fromtimestamp(0, timezone.utc)


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One fact of a run.

    Attributes:
        run_id: The run.
        sequence: 1, 2, 3 … within the run, without gaps.
        time: When it happened, by its producer's clock; order by `sequence` instead.
        kind: What happened, for example `step_failed` or `asset_materialized`.
        step_key: The step; empty for the run as a whole.
        attempt: The step's attempt, from 1; 0 without a step.
        message: The event in one line, for people.
        detail: The fields that belong to `kind`, as plain values.
        failure: The error, if it tells of one.
    """

    run_id: str
    sequence: int
    time: datetime
    kind: str
    step_key: str = ""
    attempt: int = 0
    message: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    failure: FailureDetail | None = None


def read_event(event: event_pb2.Event) -> RunEvent:
    """Returns an event of the contract as the client gives it out."""
    kind = event.WhichOneof("detail") or "unknown"
    content = getattr(event, kind, None)
    detail = plain(content) if content is not None else {}
    has_failure = content is not None and "failure" in content.DESCRIPTOR.fields_by_name
    failure = failure_of(content) if has_failure else None
    return RunEvent(
        run_id=event.run_id,
        sequence=event.sequence,
        time=time_of(event, "event_time") or _EPOCH,
        kind=kind,
        step_key=event.step_key,
        attempt=event.attempt,
        message=describe(kind, detail, failure),
        detail=detail,
        failure=failure,
    )
