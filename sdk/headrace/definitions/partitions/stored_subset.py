"""Subsets of partitions as text: in the present form, and in the ones before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headrace.errors import InvalidInvocationError

VERSION = 1


@dataclass(frozen=True)
class StoredSubset:
    """What a text says.

    Attributes:
        keys: The keys.
        windows: Starts and ends of time, in seconds since 1970.
    """

    keys: Sequence[str] = ()
    windows: Sequence[tuple[float, float]] = ()


def read_subset(text: str) -> StoredSubset:
    """Reads a subset; a bare list, or an object without a version, is what older code has stored.

    Raises:
        InvalidInvocationError: it is no subset.
    """
    try:
        stored = json.loads(text)
    except ValueError as error:
        raise InvalidInvocationError(f"{text[:80]!r} is no stored subset of partitions: {error}.") from error
    if isinstance(stored, list):
        return _of_list(stored)
    if not isinstance(stored, dict) or stored.get("version", VERSION) != VERSION:
        raise InvalidInvocationError(
            f"{text[:80]!r} is no stored subset of partitions of version {VERSION}: it was written by newer code, or by other."
        )
    return _of_list(stored.get("time_windows") or stored.get("subset") or [])


def _of_list(items: Sequence[Any]) -> StoredSubset:
    if items and isinstance(items[0], list):
        return StoredSubset(windows=[(float(start), float(end)) for start, end in items])
    return StoredSubset(keys=[str(key) for key in items])
