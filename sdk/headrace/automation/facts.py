"""What happens to assets and checks, and what is known of them at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from headrace.automation.entities import EntityKey
from headrace.automation.subset import Value
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.partitions.keys import PartitionKeyRange

Target: TypeAlias = str | PartitionKeyRange | None
"""What of an asset a run is for: a partition, a range of them, or all of it."""


@dataclass(frozen=True, slots=True)
class Update:
    """An asset was made or looked at, or a check gave its verdict. A fact.

    Attributes:
        key: The asset or check.
        position: Its place in the order of all facts.
        time: When it happened, in seconds since 1970.
        partition: The partition; None for one that has none.
        run_id: The run; empty outside of any.
        data_version: The version of the data; None if nothing says so.
        previous_version: The version before; given by whoever keeps the facts.
        observed: Whether the asset was only looked at.
        passed: The verdict of a check.
    """

    key: EntityKey
    position: int
    time: float
    partition: str | None = None
    run_id: str = ""
    data_version: str | None = None
    previous_version: str | None = None
    observed: bool = False
    passed: bool | None = None

    @property
    def changed_version(self) -> bool:
        """Whether the data have another version than before."""
        return self.data_version != self.previous_version


@dataclass(frozen=True, slots=True)
class RunBegan:
    """A run was asked for that is to make assets. A fact.

    Attributes:
        run_id: The run.
        keys: The assets and checks.
        target: What of them.
        tags: The run's tags.
        backfill_id: The backfill that it is part of; empty: none.
    """

    run_id: str
    keys: frozenset[EntityKey]
    target: Target = None
    tags: Mapping[str, str] = field(default_factory=dict)
    backfill_id: str = ""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run is over. A fact.

    Attributes:
        run_id: The run.
        failed: Whether it failed; a run that was canceled did not.
    """

    run_id: str
    failed: bool


@dataclass(frozen=True, slots=True)
class BackfillBegan:
    """A backfill is under way, which asks for its runs as it goes. A fact.

    Attributes:
        backfill_id: The backfill.
        targets: What it is to make.
    """

    backfill_id: str
    targets: Mapping[EntityKey, Value]


@dataclass(frozen=True, slots=True)
class BackfillEnded:
    """A backfill is over, whatever it has made. A fact.

    Attributes:
        backfill_id: The backfill.
    """

    backfill_id: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was recorded of an asset was removed. A fact.

    Attributes:
        key: The asset.
        partitions: The partitions; empty: all of it.
    """

    key: EntityKey
    partitions: Sequence[str] = ()


Fact: TypeAlias = Update | RunBegan | RunEnded | BackfillBegan | BackfillEnded | Forgotten


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """What is known of an asset or check.

    Attributes:
        made: What was ever made of it; of a check, whether it ever gave a verdict.
        running: What runs are making of it.
        backfilling: What backfills are making of it.
        failed: What the last attempts to make it failed for.
        passed: What a check's last verdict is good for.
        rejected: What a check's last verdict is bad for.
        updates: What happened to it lately, the oldest first.
        latest: The newest update of any partition.
        latest_by_partition: The newest update of each partition that is remembered.
    """

    made: Value
    running: Value
    backfilling: Value
    failed: Value
    passed: Value
    rejected: Value
    updates: Sequence[Update] = ()
    latest: Update | None = None
    latest_by_partition: Mapping[str | None, Update] = field(default_factory=dict)

    def since(self, position: int) -> Sequence[Update]:
        """The updates after a position."""
        return [each for each in self.updates if each.position > position]


class Known(Protocol):
    """What is known at one moment."""

    @property
    def position(self) -> int:
        """The place of the newest fact that is in it."""

    def facts(self, key: EntityKey) -> EntityFacts | None:
        """What is known of an asset or check; None: nothing ever happened to it."""

    def run(self, run_id: str) -> RunBegan | None:
        """What a run was for; None if that is not known."""


def check_of(key: EntityKey) -> AssetCheckKey | None:
    """The key, if it is that of a check."""
    return key if isinstance(key, AssetCheckKey) else None
