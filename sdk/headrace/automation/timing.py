"""When parts of a subset became true: what decides between two things that happened since the last evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from headrace.automation.subset import EntitySubset


@dataclass(frozen=True, slots=True)
class Timed:
    """A subset and when it became true, in seconds since 1970."""

    subset: EntitySubset
    time: float


Timing: TypeAlias = Sequence[Timed]
"""What is known of times, each partition in it at most once."""


def latest(timings: Iterable[Timed], within: EntitySubset) -> Timing:
    """The newest time of each partition of a subset of which one is known."""
    rest = within
    found: list[Timed] = []
    for each in sorted(timings, key=lambda timed: -timed.time):
        part = each.subset & rest
        if not part.is_empty:
            found.append(Timed(part, each.time))
            rest = rest - part
        if rest.is_empty:
            break
    return found


def untimed(subset: EntitySubset, timing: Timing) -> EntitySubset:
    """The part of a subset of which no time is known."""
    for each in timing:
        subset = subset - each.subset
    return subset


def later(one: Timing, other: Timing, within: EntitySubset) -> EntitySubset:
    """The part of a subset for which the first is known to be later than the second."""
    found = within - within
    for mine in one:
        for theirs in other:
            if mine.time > theirs.time:
                found = found | (mine.subset & theirs.subset & within)
    return found
