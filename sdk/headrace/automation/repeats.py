"""Not requesting the same again and again where evaluations follow each other at once."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.automation.cursor import EntityCursor, SavedSubset, restore, save
from headrace.automation.subset import EntitySubset
from headrace.automation.timing import Timing


@dataclass(frozen=True)
class Repeats:
    """What may be requested now, and what was requested lately.

    Attributes:
        allowed: What may be requested.
        held_until: When the rest may be, in seconds since 1970; None if there is none.
    """

    allowed: EntitySubset
    held_until: float | None = None


def hold_back(
    wanted: EntitySubset, timing: Timing, previous: EntityCursor | None, now: float, interval: float
) -> Repeats:
    """Holds back what was requested lately, unless something has happened since that is a reason to request it again.

    Args:
        wanted: What the condition is true for.
        timing: When it became true, as far as that is known.
        previous: What the evaluation before left.
        now: The moment.
        interval: The least time between two requests for no new reason.
    """
    if previous is None or now - previous.lately_time >= interval:
        return Repeats(wanted)
    again = wanted & restore(previous.lately, wanted)
    for each in timing:
        if each.time > previous.lately_time:
            again = again - each.subset
    return Repeats(wanted - again, None if again.is_empty else previous.lately_time + interval)


def lately(
    chosen: EntitySubset, full: EntitySubset, previous: EntityCursor | None, now: float, interval: float
) -> tuple[SavedSubset, float]:
    """What was requested lately, with what is requested now, and when the last of it was."""
    recent = previous is not None and now - previous.lately_time < interval
    if chosen.is_empty:
        return (previous.lately, previous.lately_time) if recent and previous is not None else (SavedSubset(), 0.0)
    before = restore(previous.lately, full) if recent and previous is not None else chosen
    return save(chosen | before), now
