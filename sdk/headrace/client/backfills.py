"""Backfills as the client gives them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from headrace.api.types.v1 import backfill_pb2
from headrace.client.failures import FailureDetail, failure_of
from headrace.client.plain import member_of, time_of


class BackfillState(str, Enum):
    """Where a backfill stands."""

    UNSPECIFIED = "unspecified"
    RUNNING = "running"
    CANCELING = "canceling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class BackfillPart:
    """How far an asset of a backfill, or its job, has come; all figures are partitions.

    Attributes:
        asset_key: The asset as text; empty for a job.
        target_count: How many are to be made.
        made_count: How many were made.
        failed_count: How many failed, or cannot be made because of what failed.
        running_count: How many were asked for and are not over.
    """

    asset_key: str
    target_count: int
    made_count: int
    failed_count: int
    running_count: int


@dataclass(frozen=True, slots=True)
class Backfill:
    """Many partitions that are made by many runs.

    Attributes:
        backfill_id: Its id; also the value of the tag `headrace/backfill` of its runs.
        location_name: Whose code makes them.
        job_name: The job; empty where assets are made.
        state: Where it stands.
        title: For people.
        tags: Of its runs.
        parts: How far each asset, or the job, has come; empty before the first step.
        run_count: How many runs it has asked for.
        active_run_count: How many of them are not over.
        retry_of_id: The backfill of which it makes what was not made; empty for none.
        failure: What went wrong when its next step was decided.
        create_time: When it was accepted.
        finish_time: When it ended; None while it has not.
    """

    backfill_id: str
    location_name: str
    job_name: str
    state: BackfillState
    title: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[BackfillPart, ...] = ()
    run_count: int = 0
    active_run_count: int = 0
    retry_of_id: str = ""
    failure: FailureDetail | None = None
    create_time: datetime | None = None
    finish_time: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.finish_time is not None

    @property
    def succeeded(self) -> bool:
        """Whether everything was made."""
        return self.state is BackfillState.SUCCEEDED


def read_backfill(message: backfill_pb2.Backfill) -> Backfill:
    """Returns a backfill of the contract as the client gives it out."""
    return Backfill(
        backfill_id=message.backfill_id,
        location_name=message.location_name,
        job_name=message.job_name,
        state=_state(member_of(message, "state")),
        title=message.title,
        tags={tag.key: tag.value for tag in message.tags},
        parts=tuple(map(_part, message.counts)),
        run_count=message.run_count,
        active_run_count=message.active_run_count,
        retry_of_id=message.retry_of_id,
        failure=failure_of(message),
        create_time=time_of(message, "create_time"),
        finish_time=time_of(message, "finish_time"),
    )


def _state(name: str) -> BackfillState:
    try:
        return BackfillState(name)
    except ValueError:
        # Of a newer server.
        return BackfillState.UNSPECIFIED


def _part(message: backfill_pb2.BackfillCounts) -> BackfillPart:
    return BackfillPart(
        asset_key="/".join(message.asset_key.path),
        target_count=message.target_count,
        made_count=message.made_count,
        failed_count=message.failed_count,
        running_count=message.running_count,
    )
