"""Some of the partitions of an asset or check; of one without partitions, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from headrace.automation.entities import EntityKey
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.errors import InvariantViolationError

Value: TypeAlias = bool | PartitionsSubset
"""All or nothing of what has no partitions, or some of its partitions."""


@dataclass(frozen=True, repr=False)
class EntitySubset:
    """Some of the partitions of an asset or check; immutable.

    Attributes:
        key: The asset or check.
        value: Some of its partitions; of one without partitions, whether it is in.
    """

    key: EntityKey
    value: Value

    @property
    def is_partitioned(self) -> bool:
        """Whether it is about partitions."""
        return not isinstance(self.value, bool)

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions that it is about."""
        if isinstance(self.value, bool):
            return None
        found: PartitionsDefinition = self.value.partitions_def
        return found

    @property
    def size(self) -> int:
        """How many partitions are in it; one for all of what has none."""
        return int(self.value) if isinstance(self.value, bool) else len(self.value)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return not self.value if isinstance(self.value, bool) else self.value.is_empty

    def expensively_compute_partition_keys(self) -> set[str]:
        """The keys of its partitions, one by one."""
        return set() if isinstance(self.value, bool) else set(self.value.get_partition_keys())

    def compute_union(self, other: EntitySubset) -> EntitySubset:
        """What is in either."""
        return EntitySubset(self.key, joined(self.value, other.value))

    def compute_intersection(self, other: EntitySubset) -> EntitySubset:
        """What is in both."""
        return EntitySubset(self.key, common(self.value, other.value))

    def compute_difference(self, other: EntitySubset) -> EntitySubset:
        """What is in this and not in the other."""
        return EntitySubset(self.key, without(self.value, other.value))

    def compute_intersection_with_partition_keys(self, partition_keys: Iterable[str]) -> EntitySubset:
        """What is in it of some partitions."""
        if isinstance(self.value, bool):
            raise InvariantViolationError(f"{self.key.to_user_string()} has no partitions.")
        wanted = [key for key in partition_keys if key in self.value]
        return EntitySubset(self.key, self.value.partitions_def.subset_with_partition_keys(wanted))

    __or__ = compute_union
    __and__ = compute_intersection
    __sub__ = compute_difference

    def __repr__(self) -> str:
        return f"EntitySubset({self.key.to_user_string()}, {self.value!r})"


def joined(one: Value, other: Value) -> Value:
    """What is in either of two values of one kind."""
    if isinstance(one, bool) or isinstance(other, bool):
        return bool(one) or bool(other)
    return one | other


def common(one: Value, other: Value) -> Value:
    """What is in both of two values of one kind."""
    if isinstance(one, bool) or isinstance(other, bool):
        return bool(one) and bool(other)
    return one & other


def without(one: Value, other: Value) -> Value:
    """What is in the first and not in the second of two values of one kind."""
    if isinstance(one, bool) or isinstance(other, bool):
        return bool(one) and not bool(other)
    return one - other
