"""Some of the partitions of a set, as a set of keys."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast

from headrace.definitions.partitions.keys import PartitionKeyRange, PartitionKeys
from headrace.errors import InvariantViolationError

S = TypeVar("S", bound="PartitionsSubset")


class PartitionsSubset(ABC):
    """Some of the partitions of a set: immutable, with the operators of sets among subsets of one set.

    Attributes:
        partitions_def: The set.
    """

    def __init__(self, partitions_def: Any) -> None:
        self.partitions_def = partitions_def

    @abstractmethod
    def get_partition_keys(self) -> Sequence[str]:
        """The keys, in the order of the set."""

    @abstractmethod
    def get_partition_key_ranges(self, partitions_def: Any = None) -> Sequence[PartitionKeyRange]:
        """The same as ranges of neighbouring keys.

        Args:
            partitions_def: Accepted for older code; a subset knows its set.
        """

    def get_partition_keys_not_in_subset(self, partitions_def: Any = None) -> Sequence[str]:
        """The keys of the set that are not in it.

        Args:
            partitions_def: Accepted for older code; a subset knows its set.
        """
        everything: PartitionsSubset = self.partitions_def.subset_with_all_partitions()
        return (everything - self).get_partition_keys()

    def with_partition_key_range(self: S, partitions_def: Any, partition_key_range: PartitionKeyRange) -> S:
        """The same with the keys from one to another, both included.

        Args:
            partitions_def: The set.
            partition_key_range: The first and the last key.
        """
        return self.with_partition_keys(partitions_def.get_partition_keys_in_range(partition_key_range))

    @abstractmethod
    def with_partition_keys(self: S, partition_keys: Iterable[str]) -> S:
        """The same with more keys."""

    @abstractmethod
    def __or__(self: S, other: S) -> S: ...

    @abstractmethod
    def __and__(self: S, other: S) -> S: ...

    @abstractmethod
    def __sub__(self: S, other: S) -> S: ...

    @abstractmethod
    def __contains__(self, key: object) -> bool: ...

    @abstractmethod
    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[str]:
        return iter(self.get_partition_keys())

    def serialize(self) -> str:
        """It as text, which `deserialize_subset` of its set reads again; the same for subsets that are equal."""
        return json.dumps({"version": 1, "subset": sorted(map(str, self.get_partition_keys()))})

    @property
    def num_partitions(self) -> int:
        """How many keys are in it."""
        return len(self)

    @property
    def is_empty(self) -> bool:
        """Whether there is no key in it."""
        return len(self) == 0

    def __le__(self: S, other: S) -> bool:
        return (self - other).is_empty

    def _checked(self: S, other: object) -> S:
        if isinstance(other, PartitionsSubset) and (
            other.partitions_def is self.partitions_def or other.partitions_def == self.partitions_def
        ):
            return cast("S", other)
        raise InvariantViolationError("Only subsets of one and the same set of partitions can be combined.")

    def __repr__(self) -> str:
        shown = [f"{first}...{last}" if first != last else first for first, last in self.get_partition_key_ranges()[:5]]
        return f"{type(self).__name__}({len(self)}: {', '.join(shown)})"


class KeysSubset(PartitionsSubset):
    """Some of the partitions of a set whose keys have no numbers."""

    def __init__(self, partitions_def: Any, keys: Iterable[str] = ()) -> None:
        super().__init__(partitions_def)
        self._keys = frozenset(map(str, keys))

    def get_partition_keys(self) -> Sequence[str]:
        """The keys, sorted."""
        return PartitionKeys(sorted(self._keys))

    def get_partition_key_ranges(self, partitions_def: Any = None) -> Sequence[PartitionKeyRange]:
        """Each key as a range of its own: what lies between two of them is not known."""
        return [PartitionKeyRange(key, key) for key in sorted(self._keys)]

    def with_partition_keys(self, partition_keys: Iterable[str]) -> KeysSubset:
        """The same with more keys."""
        return type(self)(self.partitions_def, self._keys.union(map(str, partition_keys)))

    def __or__(self, other: KeysSubset) -> KeysSubset:
        return type(self)(self.partitions_def, self._keys | self._checked(other)._keys)

    def __and__(self, other: KeysSubset) -> KeysSubset:
        return type(self)(self.partitions_def, self._keys & self._checked(other)._keys)

    def __sub__(self, other: KeysSubset) -> KeysSubset:
        return type(self)(self.partitions_def, self._keys - self._checked(other)._keys)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and str(key) in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, KeysSubset)
            and self._keys == other._keys
            and bool(self.partitions_def == other.partitions_def)
        )

    def __hash__(self) -> int:
        return hash(self._keys)
