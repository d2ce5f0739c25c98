"""What is known of assets and checks, as somebody else has told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from headrace.automation.entities import EntityKey
from headrace.automation.facts import EntityFacts, RunBegan


@dataclass(frozen=True)
class ToldKnown:
    """What is known at one moment, as it was told.

    Attributes:
        entities: What is known of each asset or check.
        runs: What runs were for.
        position: The place of the newest fact that is in it.
    """

    entities: Mapping[EntityKey, EntityFacts]
    runs: Mapping[str, RunBegan]
    position: int = 0

    def facts(self, key: EntityKey) -> EntityFacts | None:
        """What is known of an asset or check; None: nothing ever happened to it."""
        return self.entities.get(key)

    def run(self, run_id: str) -> RunBegan | None:
        """What a run was for; None if that is not known."""
        return self.runs.get(run_id)


@dataclass(frozen=True)
class ToldPartitions:
    """The keys of dynamic partitions, as they were told.

    Attributes:
        keys: The keys of each set.
    """

    keys: Mapping[str, list[str]]

    def get_dynamic_partitions(self, partitions_def_name: str) -> list[str]:
        """The keys, in the order in which they were added."""
        return self.keys.get(partitions_def_name, [])

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is such a key."""
        return partition_key in self.get_dynamic_partitions(partitions_def_name)
