"""Which of the ticks that were missed are made up for. Pure."""

from __future__ import annotations

from datetime import datetime

from headrace_services.scheduler.ticks import Cadence

_STEP = datetime.resolution
# A schedule says so by a tag: how many missed ticks it wants, the newest ones. Without it, the newest alone, or
# as many as the instance allows where each stands for a partition.
CATCHUP_TAG = "headrace/max_catchup_runs"


def ticks_to_make_up(tag: str | None, most: int, *, wanted: bool = False) -> int:
    """Returns how many missed ticks a schedule is given.

    Args:
        tag: What it asks for; None if it does not.
        most: What the instance allows.
        wanted: Whether it wants all that the instance allows, where it does not say how many.
    """
    if tag is not None and tag.isdecimal():
        return max(1, min(int(tag), most))
    return max(1, most) if wanted else 1


def due_ticks(cadence: Cadence, after: datetime, now: datetime, most: int) -> list[datetime]:
    """Returns the due times after one moment and not after now, oldest first; of many only the newest `most`.

    Walks back from now, so that its cost does not grow with the time that has passed.
    """
    first = cadence.next_after(after)
    if first > now:
        return []
    if cadence.next_after(first) > now:
        return [first]
    found: list[datetime] = []
    moment = now
    while len(found) < most:
        due = cadence.latest_until(moment)
        if due <= after:
            break
        found.append(due)
        moment = due - _STEP
    return found[::-1]
