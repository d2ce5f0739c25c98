"""What all sets of partitions have in common."""

from __future__ import annotations

import difflib
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore, PartitionLoadingContext
from headrace.definitions.partitions.pages import PaginatedResults, page_of
from headrace.definitions.partitions.spans import Span, SpansSubset
from headrace.definitions.partitions.stored_subset import StoredSubset, read_subset
from headrace.definitions.partitions.subset import KeysSubset, PartitionsSubset
from headrace.errors import InvalidInvocationError, UnknownPartitionError

PARTITION_TAG = "headrace/partition"


class PartitionsDefinition(ABC):
    """A set of partitions: named parts of an asset, or of the work of a job, that are made and looked at one by one."""

    @property
    def name(self) -> str | None:
        """The name of the set, for those that have one."""
        return None

    @abstractmethod
    def get_partition_keys(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """All keys, in order.

        Args:
            current_time: When to look; now when left out. Matters for windows of time.
            dynamic_partitions_store: Where the keys are, for dynamic partitions.
        """

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether there is such a partition."""
        return partition_key in self.get_partition_keys(current_time, dynamic_partitions_store)

    def get_num_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> int:
        """How many partitions there are."""
        return len(self.get_partition_keys(current_time, dynamic_partitions_store))

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """The keys from one to another, both included."""
        first, last = partition_key_range
        if first == last:
            return [first]
        keys = list(self.get_partition_keys(None, dynamic_partitions_store))
        unknown = [key for key in (first, last) if key not in keys]
        if unknown:
            raise InvalidInvocationError(
                f"The partition range {first!r} to {last!r} is not valid: there is no partition {unknown[0]!r}."
            )
        return keys[keys.index(first) : keys.index(last) + 1]

    def empty_subset(self) -> PartitionsSubset:
        """None of the partitions."""
        return KeysSubset(self)

    def subset_with_all_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """All of the partitions that there are now."""
        return self.subset_with_partition_keys(self.get_partition_keys(current_time, dynamic_partitions_store))

    def subset_with_partition_keys(self, partition_keys: Iterable[str]) -> PartitionsSubset:
        """Some of the partitions."""
        return self.empty_subset().with_partition_keys(partition_keys)

    def deserialize_subset(self, serialized: str) -> PartitionsSubset:
        """Some of the partitions, from what `serialize` of a subset has made of them.

        Raises:
            InvalidInvocationError: the text is none of such.
        """
        return self._subset_of(read_subset(serialized))

    def _subset_of(self, stored: StoredSubset) -> PartitionsSubset:
        if stored.windows:
            raise InvalidInvocationError(f"A subset of windows of time does not fit {self}.")
        return self.subset_with_partition_keys(stored.keys)

    def filter_valid_partition_keys(
        self,
        partition_keys: Collection[str],
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Collection[str]:
        """Those of some keys that there are."""
        return {key for key in partition_keys if self.has_partition_key(key, current_time, dynamic_partitions_store)}

    def subset_with_range(self, partition_key_range: PartitionKeyRange) -> PartitionsSubset:
        """The partitions from one key to another, both included."""
        return self.subset_with_partition_keys(self.get_partition_keys_in_range(partition_key_range))

    def get_first_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The first key; None if there is no partition."""
        keys = self.get_partition_keys(current_time, dynamic_partitions_store)
        return keys[0] if keys else None

    def get_last_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The last key; None if there is no partition."""
        keys = self.get_partition_keys(current_time, dynamic_partitions_store)
        return keys[-1] if keys else None

    def get_paginated_partition_keys(
        self, context: PartitionLoadingContext, limit: int, ascending: bool, cursor: str | None = None
    ) -> PaginatedResults[str]:
        """A page of the keys.

        Args:
            context: When to look, and where the keys of dynamic partitions are.
            limit: At most this many.
            ascending: In their order, or the other way round.
            cursor: From the page before.
        """
        keys = self.get_partition_keys(context.effective_dt, context.dynamic_partitions_store)
        return page_of(keys, limit, cursor, ascending=ascending)

    def validate_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> None:
        """Raises `UnknownPartitionError` if there is no such partition."""
        if not self.has_partition_key(partition_key, current_time, dynamic_partitions_store):
            hint = self._hint(partition_key, current_time)
            raise UnknownPartitionError(f"Could not find a partition with key `{partition_key}`: {hint}.")

    def get_tags_for_partition_key(self, partition_key: str) -> Mapping[str, str]:
        """The tags of a run that is for a partition."""
        return {PARTITION_TAG: partition_key}

    def _hint(self, partition_key: str, current_time: datetime | None) -> str:
        """What would be right, for messages."""
        count = self.get_num_partitions(current_time)
        if not count:
            return "there are no partitions at all"
        close = difflib.get_close_matches(partition_key, self._sample(), n=1)
        ends = f"there are {count}, from {self.get_first_partition_key(current_time)!r} to "
        return f"{ends}{self.get_last_partition_key(current_time)!r}" + (
            f"; did you mean {close[0]!r}" if close else ""
        )

    def _sample(self) -> Sequence[str]:
        return ()

    def __str__(self) -> str:
        return repr(self)

    def get_serializable_unique_identifier(self, dynamic_partitions_store: DynamicPartitionsStore | None = None) -> str:
        """Tells one set from another; the same for sets that are equal."""
        return hashlib.sha1(self._identity(dynamic_partitions_store).encode(), usedforsecurity=False).hexdigest()

    def _identity(self, _dynamic_partitions_store: DynamicPartitionsStore | None) -> str:
        return repr(self)


class NumberedPartitionsDefinition(PartitionsDefinition):
    """A set of partitions whose keys have numbers, so that ranges and counts are arithmetic."""

    @abstractmethod
    def key_at(self, number: int) -> str:
        """The key of a number."""

    @abstractmethod
    def number_of(self, partition_key: str) -> int | None:
        """The number of a key; None for what can never be a key."""

    def require_number(self, partition_key: str) -> int:
        """The number of a key; raises `UnknownPartitionError` for what can never be a key."""
        number = self.number_of(partition_key)
        if number is None:
            raise UnknownPartitionError(f"There is no partition {partition_key!r}: {self._hint(partition_key, None)}.")
        return number

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether there is such a partition."""
        number = self.number_of(partition_key)
        return number is not None and number < self.get_num_partitions(current_time)

    def get_partition_keys(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """All keys, in order."""
        return [self.key_at(number) for number in range(self.get_num_partitions(current_time))]

    def get_paginated_partition_keys(
        self, context: PartitionLoadingContext, limit: int, ascending: bool, cursor: str | None = None
    ) -> PaginatedResults[str]:
        """A page of the keys; the others are not computed.

        Args:
            context: When to look.
            limit: At most this many.
            ascending: In their order, or the other way round.
            cursor: From the page before.
        """
        count, place = self.get_num_partitions(context.effective_dt), self.number_of(cursor) if cursor else None
        numbers = range(count) if ascending else range(count - 1, -1, -1)
        start = 0 if place is None or place not in numbers else numbers.index(place) + 1
        keys = [self.key_at(number) for number in numbers[start : start + limit]]
        return PaginatedResults(keys, keys[-1] if keys else cursor or "", start + limit < count)

    def get_partition_keys_between_indexes(self, start_idx: int, end_idx: int) -> Sequence[str]:
        """The keys from one number to another, the end not included, of those that there are now."""
        return [self.key_at(number) for number in range(start_idx, min(end_idx, self.get_num_partitions()))]

    def get_first_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The first key; None if there is no partition."""
        return self.key_at(0) if self.get_num_partitions(current_time) else None

    def get_last_partition_key(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> str | None:
        """The last key; None if there is no partition."""
        count = self.get_num_partitions(current_time)
        return self.key_at(count - 1) if count else None

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """The keys from one to another, both included."""
        return self.subset_with_range(partition_key_range).get_partition_keys()

    def subset_of_spans(self, spans: Iterable[Span] = ()) -> SpansSubset:
        """The partitions of ranges of numbers, their ends not included."""
        return SpansSubset(self, spans)

    def empty_subset(self) -> SpansSubset:
        """None of the partitions."""
        return self.subset_of_spans()

    def subset_with_all_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> SpansSubset:
        """All of the partitions that there are now."""
        return self.subset_of_spans([(0, self.get_num_partitions(current_time))])

    def subset_with_range(self, partition_key_range: PartitionKeyRange) -> SpansSubset:
        """The partitions from one key to another, both included; the end may lie in the future."""
        first, last = partition_key_range
        unknown = [key for key in (first, last) if self.number_of(key) is None]
        if unknown:
            raise InvalidInvocationError(
                f"The partition range {first!r} to {last!r} is not valid: there is no partition "
                f"{' nor '.join(map(repr, unknown))}; {self._hint(unknown[0], None)}."
            )
        return self.subset_of_spans([(self.require_number(first), self.require_number(last) + 1)])
