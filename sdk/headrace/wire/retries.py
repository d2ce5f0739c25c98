"""Retry policies."""

from __future__ import annotations

from headrace.api.types.v1 import retry_pb2 as pb
from headrace.definitions.ops.retries import Backoff, Jitter, RetryPolicy
from headrace.wire.moments import to_duration

_BACKOFFS = {
    None: pb.BACKOFF_UNSPECIFIED,
    Backoff.LINEAR: pb.BACKOFF_LINEAR,
    Backoff.EXPONENTIAL: pb.BACKOFF_EXPONENTIAL,
}
_JITTERS = {None: pb.JITTER_UNSPECIFIED, Jitter.FULL: pb.JITTER_FULL, Jitter.PLUS_MINUS: pb.JITTER_PLUS_MINUS}


def to_retry_policy(policy: RetryPolicy | None) -> pb.RetryPolicy | None:
    """Writes a policy."""
    if policy is None:
        return None
    return pb.RetryPolicy(
        max_retries=policy.max_retries,
        delay=to_duration(policy.delay or 0.0),
        backoff=_BACKOFFS[policy.backoff],
        jitter=_JITTERS[policy.jitter],
    )
