"""What a transaction changed, for those who wait for it."""

from __future__ import annotations

from dataclasses import dataclass, field

QUEUE, OUTBOX, OVERDUE, INSTIGATOR, POOL, BACKFILL, TICK, BACKFILL_PROGRESS, REPLICA, BACKFILL_STATE = range(1, 11)
ALL_KINDS = frozenset(range(QUEUE, BACKFILL_STATE + 1))


@dataclass(slots=True)
class Hints:
    """Published after the commit, and only then.

    Attributes:
        kinds: Kinds of work that there may be now.
        run_ids: Runs that have new events.
        all_runs: Whether any run may have new events.
    """

    kinds: set[int] = field(default_factory=set)
    run_ids: set[str] = field(default_factory=set)
    all_runs: bool = False

    def add(self, other: Hints) -> None:
        self.kinds |= other.kinds
        self.run_ids |= other.run_ids
        self.all_runs |= other.all_runs

    def __bool__(self) -> bool:
        return bool(self.kinds or self.run_ids or self.all_runs)


def everything() -> Hints:
    """For when it is not known what was missed."""
    return Hints(set(ALL_KINDS), all_runs=True)
