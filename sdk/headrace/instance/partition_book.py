"""The state of partitions, kept up with every event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from headrace.execute.events.event_types import EventType
from headrace.instance.ledger import PartitionStates

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.execute.events.event import Event


class PartitionBook:
    """Knows for each partition whether it was made, is being made, or should have been made.

    What a run planned and has not made when it ends has failed, until something makes it.
    """

    def __init__(self) -> None:
        self._materialized: dict[AssetKey, set[str]] = defaultdict(set)
        self._failed: dict[AssetKey, set[str]] = defaultdict(set)
        self._planned: dict[str, set[tuple[AssetKey, str]]] = defaultdict(set)

    def note(self, event: Event) -> None:
        """Takes what an event says of a partition."""
        key, partition = event.asset_key, event.partition
        if key is None or partition is None:
            return
        if event.event_type is EventType.ASSET_MATERIALIZATION_PLANNED:
            self._planned[event.run_id].add((key, partition))
        elif event.event_type is EventType.ASSET_MATERIALIZATION:
            self._planned[event.run_id].discard((key, partition))
            self._materialized[key].add(partition)
            self._failed[key].discard(partition)

    def end_run(self, run_id: str) -> None:
        """Takes that a run is over."""
        for key, partition in self._planned.pop(run_id, ()):
            self._failed[key].add(partition)

    def wipe(self, key: AssetKey, partitions: Sequence[str]) -> None:
        """Forgets some partitions of an asset; all when none are named."""
        for known in (self._materialized, self._failed):
            known[key] = known[key].difference(partitions) if partitions else set()

    def states(self, key: AssetKey) -> PartitionStates:
        """What is known of the partitions of an asset."""
        going = {partition for each in self._planned.values() for of, partition in each if of == key}
        return PartitionStates(
            materialized=frozenset(self._materialized[key]),
            in_progress=frozenset(going),
            failed=frozenset(self._failed[key]),
        )
