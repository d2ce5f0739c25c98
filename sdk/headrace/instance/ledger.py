"""What an instance needs of the place where its records are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.spec import AssetCheckKey
    from headrace.execute.events.event import Event
    from headrace.instance.assets import AssetCheckRecord, AssetRecord
    from headrace.instance.event_log import EventLogRecord
    from headrace.instance.filters import EventQuery, RunsFilter
    from headrace.instance.runs import RecordedRun, RunRecord


@dataclass(frozen=True, slots=True)
class PartitionStates:
    """The partitions of an asset by what is known of them.

    Attributes:
        materialized: Those that were ever made.
        in_progress: Those that a run which goes on is to make.
        failed: Those that a run was to make and did not, and that nothing made since.
    """

    materialized: frozenset[str] = frozenset()
    in_progress: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RunPage:
    """Which of the runs that a filter finds, and in which order."""

    limit: int | None = None
    cursor: str | None = None
    ascending: bool = False


class Ledger(Protocol):
    """Keeps events, runs, assets and dynamic partitions."""

    def store(self, event: Event) -> None:
        """Keeps an event that belongs to no run of the services."""

    def events(self, query: EventQuery) -> list[EventLogRecord]:
        """The events that a query finds."""

    def runs(self, wanted: RunsFilter, page: RunPage) -> list[RunRecord]:
        """The runs that a filter finds."""

    def count_runs(self, wanted: RunsFilter) -> int:
        """How many runs a filter finds."""

    def begin_run(self, run: RecordedRun, time: float) -> None:
        """Keeps a run that is executed outside of the services."""

    def tag_run(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Adds tags to a run."""

    def delete_run(self, run_id: str) -> None:
        """Removes a run and its events; what it made of assets stays known."""

    def asset_records(self, keys: Iterable[AssetKey] | None) -> list[AssetRecord]:
        """What is known of assets, by key; of all when no keys are given."""

    def asset_keys(self, prefix: Sequence[str], after: str, limit: int | None) -> list[AssetKey]:
        """The assets of which something was recorded, by key."""

    def wipe(self, key: AssetKey, partitions: Sequence[str]) -> None:
        """Forgets what was recorded of an asset, or of some of its partitions."""

    def partition_states(self, key: AssetKey, among: Sequence[str] = ()) -> PartitionStates:
        """What is known of the partitions of an asset; only of some if `among` has any."""

    def latest_check(self, key: AssetCheckKey, partition: str | None) -> AssetCheckRecord | None:
        """The newest verdict of a check."""

    def dynamic_partitions(self, name: str) -> list[str]:
        """The keys of a dynamic set, in the order in which they were added."""

    def has_dynamic_partition(self, name: str, key: str) -> bool:
        """Whether a dynamic set has a key."""

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        """Adds keys to a dynamic set; those it has stay where they are."""

    def delete_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        """Takes keys out of a dynamic set."""

    def close(self) -> None:
        """Lets go of connections."""


class LedgerReader:
    """What asks a ledger, which is opened when it is first asked.

    Args:
        open_ledger: Opens it.
    """

    def __init__(self, open_ledger: Callable[[], Ledger]) -> None:
        self._open_ledger = open_ledger

    @cached_property
    def _ledger(self) -> Ledger:
        return self._open_ledger()
