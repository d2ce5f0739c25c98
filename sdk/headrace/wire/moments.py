"""Moments and spans of time."""

from __future__ import annotations

from datetime import datetime, timezone

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

_NANOS = 1_000_000_000


def to_timestamp(seconds: float) -> Timestamp:
    """Writes a moment, given in seconds since 1970 UTC."""
    whole, fraction = divmod(round(seconds * 1_000_000), 1_000_000)
    return Timestamp(seconds=whole, nanos=fraction * 1_000)


def from_timestamp(message: Timestamp) -> datetime:
    """Reads a moment, aware of its zone, UTC."""
    return datetime.fromtimestamp(message.seconds + message.nanos / _NANOS, timezone.utc)


def to_duration(seconds: float) -> Duration:
    """Writes a span, given in seconds."""
    nanos = round(max(0.0, seconds) * _NANOS)
    return Duration(seconds=nanos // _NANOS, nanos=nanos % _NANOS)


def from_duration(message: Duration) -> float:
    """Reads a span, in seconds."""
    return message.seconds + message.nanos / _NANOS
