"""Checks of requests: what is wrong, where, and what would be right."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from headrace.api.types.v1.instigator_pb2 import InstigatorRef
from headrace.errors import BackfillNotFoundError, InvalidArgumentError, LeaseLostError, RunNotFoundError

# In seconds: of workers on runs, and of replicas on work they share.
SHORTEST_LEASE, LONGEST_LEASE, LONGEST_HOLD = 1, 3600, 600
_LONGEST_NAME = 1024


def wrong(field: str, what: str) -> InvalidArgumentError:
    return InvalidArgumentError(violations={field: what})


def require(request: Message, *fields: str) -> None:
    """Makes sure that text fields say something, and not too much.

    Raises:
        InvalidArgumentError: one is empty or too long.
    """
    for field in fields:
        value = getattr(request, field)
        if not value:
            raise wrong(field, "must not be empty")
        if len(value) > _LONGEST_NAME:
            raise wrong(field, f"must have at most {_LONGEST_NAME} characters")


def page_size(asked: int, default: int, most: int) -> int:
    """Returns the size of a page, within its bounds whatever was asked for."""
    return min(asked, most) if asked > 0 else default


def micros(duration: Duration) -> int:
    return duration.ToMicroseconds()


def ttl_micros(field: str, duration: Duration, least: int, most: int) -> int:
    """Returns a time to live in microseconds.

    Raises:
        InvalidArgumentError: it is out of bounds, which are in seconds.
    """
    value = micros(duration)
    if not least * 1_000_000 <= value <= most * 1_000_000:
        raise wrong(field, f"must be between {least} s and {most} s")
    return value


def run_not_found(run_id: str) -> RunNotFoundError:
    return RunNotFoundError(f"there is no run {run_id}", metadata={"run_id": run_id})


def backfill_not_found(backfill_id: str) -> BackfillNotFoundError:
    return BackfillNotFoundError(f"there is no backfill {backfill_id}", metadata={"backfill_id": backfill_id})


def lease_lost(run_id: str, why: str) -> LeaseLostError:
    return LeaseLostError(f"the lease on run {run_id} is lost: {why}", metadata={"run_id": run_id})


def require_ref(field: str, ref: InstigatorRef) -> None:
    """Makes sure that a schedule or sensor is named in full.

    Raises:
        InvalidArgumentError: a part is missing.
    """
    for part in ("location_name", "kind", "name"):
        if not getattr(ref, part):
            raise wrong(f"{field}.{part}", "must be set")
