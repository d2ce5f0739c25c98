"""Seconds as the contract writes them."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration


def duration(seconds: float) -> Duration:
    """Returns `seconds` as a Duration."""
    result = Duration()
    result.FromNanoseconds(round(seconds * 1e9))
    return result
