"""What is known for one sensor, and whether it is to be evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime, timedelta

from headrace.api.types.v1.automation_state_pb2 import AutomationState, DynamicPartitionKeys
from headrace.automation.entities import EntityKey, asset_of
from headrace.automation.facts import BackfillBegan, BackfillEnded, Fact, Forgotten, RunBegan, Update
from headrace.automation.knowledge import Knowledge
from headrace.wire.automation_state import to_state
from headrace_services.scheduler.automation.catalog import Catalog

# What happens within this is evaluated together; a chain of assets is not to wait for it noticeably.
_GATHER = timedelta(milliseconds=30)
# A burst of events must not become a burst of evaluations.
_APART = timedelta(milliseconds=300)
# A message has its limits; after an outage the rest is told with the next question.
_MOST_FACTS = 5_000
# Whoever follows after a restart begins at the newest tick: it must not fall too far behind, even if nothing concerns it.
_MOST_UNSETTLED = 20_000

Mark = tuple[int, str]
"""How far an evaluation has come: the newest fact, and its place in the feed."""


class Watch:
    """Follows what happens to the assets of a location for one of its sensors.

    Attributes:
        catalog: What the location defines.
        feed: The place in the feed up to which events were taken in.
        base: The place that the newest committed evaluation had reached.
        caught_up: Whether everything that had happened was taken in.
        not_before: When it may be evaluated again at the earliest.
        is_lost: Whether the feed cannot be followed any further.
    """

    def __init__(self, catalog: Catalog, feed: str) -> None:
        self.catalog = catalog
        self.feed = feed
        self.base = feed
        self.caught_up = False
        self.not_before: datetime | None = None
        self.is_lost = False
        self._knowledge = Knowledge(catalog.shape)
        self._position = 0
        self._settled = 0
        # Where the events of each answer of the feed ended: an evaluation takes whole answers into account.
        self._stretches: list[Mark] = []
        self._changed: dict[EntityKey, int] = {}
        self._since: datetime | None = None
        # Nobody knows when it was evaluated last, nor with which conditions.
        self._everything = True
        self._next_time: datetime | None = None
        self._watched: frozenset[tuple[str, ...]] | None = None

    @property
    def backfill_ids(self) -> Set[str]:
        """The backfills that are under way."""
        return self._knowledge.backfills.keys()

    def next_position(self) -> int:
        """The position of the next fact."""
        self._position += 1
        return self._position

    def know(self, facts: Iterable[Fact]) -> None:
        """Takes in what was there before anything was followed."""
        self._knowledge.take(facts)

    def knows_run(self, run_id: str) -> bool:
        """Whether a run was told of already."""
        return self._knowledge.run(run_id) is not None

    def take(self, facts: Iterable[Fact], feed: str, now: datetime) -> None:
        """Takes in what happened up to a place in the feed."""
        for fact in facts:
            touched = self._touched(fact)
            self._knowledge.take([fact])
            for key in filter(self._concerns, touched):
                self._changed[key] = self._position
                self._since = self._since or now
        self.feed = feed
        if self._stretches and self._stretches[-1][0] == self._position:
            self._stretches.pop()
        self._stretches.append((self._position, feed))

    def due(self, now: datetime) -> datetime | None:
        """When it is to be evaluated next; None: when something happens."""
        if not self.caught_up:
            return None
        moments = [self._next_time] if self._next_time is not None else []
        if self._everything or self._position - self._settled > _MOST_UNSETTLED:
            moments.append(now)
        if self._since is not None:
            moments.append(self._since + _GATHER)
        due = min(moments, default=None)
        return due if due is None or self.not_before is None else max(due, self.not_before)

    def state(
        self, dynamic: Iterable[DynamicPartitionKeys], now: datetime, *, everything: bool = False
    ) -> tuple[AutomationState, Mark]:
        """What the location must know, and how far an evaluation has come with that."""
        timed = self._next_time is not None and self._next_time <= now
        mark = self._mark()
        state = to_state(
            self._knowledge,
            filter(self._concerns, self.catalog.partitions),
            {key for key, at in self._changed.items() if at <= mark[0]},
            dynamic,
            everything=everything or self._everything or timed,
            until=mark[0],
        )
        return state, mark

    def holds(self, digest: str, feed: str) -> bool:
        """Whether it is still true: of these definitions, and evaluated by nobody else since."""
        return not self.is_lost and self.catalog.digest == digest and feed in ("", self.base)

    def _mark(self) -> Mark:
        """As far as one question can tell of: the end of an answer of the feed."""
        mark = (self._position, self.feed)
        for number, stretch in enumerate(self._stretches):
            if number and stretch[0] - self._settled > _MOST_FACTS:
                break
            mark = stretch
        return mark

    def committed(
        self, mark: Mark, next_time: datetime | None, watched: frozenset[tuple[str, ...]] | None, now: datetime
    ) -> None:
        """Forgets what an evaluation has taken into account, and learns what the conditions look at."""
        position, self.base = mark
        self._settled = position
        self._stretches = [stretch for stretch in self._stretches if stretch[0] > position]
        self._watched = watched
        self._everything = False
        self._next_time = next_time
        self._changed = {key: at for key, at in self._changed.items() if at > position and self._concerns(key)}
        self._since = now if self._changed else None
        self.not_before = now + _APART
        self._knowledge.trim(position)

    def _concerns(self, key: EntityKey) -> bool:
        asset = asset_of(key)
        return self._watched is None or (asset is not None and asset.parts in self._watched)

    def _touched(self, fact: Fact) -> Iterable[EntityKey]:
        if isinstance(fact, (Update, Forgotten)):
            return [fact.key]
        if isinstance(fact, RunBegan):
            return fact.keys
        if isinstance(fact, BackfillBegan):
            return fact.targets
        if isinstance(fact, BackfillEnded):
            backfill = self._knowledge.backfills.get(fact.backfill_id)
            return backfill.targets if backfill is not None else ()
        run = self._knowledge.run(fact.run_id)
        return run.keys if run is not None else ()
