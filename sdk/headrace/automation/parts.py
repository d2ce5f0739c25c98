"""Partitions that are gathered one by one, or in ranges."""

from __future__ import annotations

from headrace.automation.facts import Target
from headrace.automation.subset import Value
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.partitions_definition import NumberedPartitionsDefinition, PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.errors import HeadraceError


class Parts:
    """Some of the partitions of an asset, as they become known; what can be no partition of it is left out.

    Args:
        partitions_def: Its partitions; None if it has none.
    """

    def __init__(self, partitions_def: PartitionsDefinition | None) -> None:
        self._partitions_def = partitions_def
        self._value: Value = False if partitions_def is None else partitions_def.empty_subset()
        # Kept apart until somebody looks: adding to a set of keys one by one would copy it each time.
        self._new: list[str] = []

    @property
    def value(self) -> Value:
        """What was gathered."""
        if self._new and isinstance(self._value, PartitionsSubset):
            self._value = self._value.with_partition_keys(self._new)
            self._new = []
        return self._value

    def add(self, partition: str | None) -> None:
        """Adds a partition, or all of what has none."""
        if self._partitions_def is None:
            self._value = True
        elif partition is not None and self._can_be(partition):
            self._new.append(partition)

    def add_target(self, target: Target) -> None:
        """Adds what a run is for."""
        if self._partitions_def is None:
            self._value = True
        else:
            self.add_value(self._subset(target))

    def add_value(self, value: Value) -> None:
        """Adds what was gathered elsewhere."""
        if isinstance(value, bool) or isinstance(self.value, bool):
            self._value = bool(self._value) or bool(value)
        else:
            self._value = self.value | value

    def remove(self, partition: str | None) -> None:
        """Takes a partition out, or all of what has none."""
        if self._partitions_def is None:
            self._value = False
        elif partition is not None and self._can_be(partition):
            self.remove_value(self._partitions_def.subset_with_partition_keys([partition]))

    def remove_target(self, target: Target) -> None:
        """Takes out what a run is for."""
        if self._partitions_def is None:
            self._value = False
        elif not self._is_empty:
            self.remove_value(self._subset(target))

    def remove_value(self, value: Value) -> None:
        """Takes out what was gathered elsewhere."""
        if isinstance(value, bool) or isinstance(self.value, bool):
            self._value = bool(self._value) and not bool(value)
        else:
            self._value = self.value - value

    @property
    def _is_empty(self) -> bool:
        value = self.value
        return not value if isinstance(value, bool) else value.is_empty

    def _can_be(self, partition: str) -> bool:
        assert self._partitions_def is not None
        if isinstance(self._partitions_def, NumberedPartitionsDefinition):
            return self._partitions_def.number_of(partition) is not None
        return True

    def _subset(self, target: Target) -> PartitionsSubset:
        assert self._partitions_def is not None
        if target is None:
            return self._partitions_def.empty_subset()
        if isinstance(target, PartitionKeyRange):
            try:
                return self._partitions_def.subset_with_range(target)
            except HeadraceError:
                # The run is for the partitions of another asset.
                return self._partitions_def.empty_subset()
        known = [target] if self._can_be(target) else []
        return self._partitions_def.subset_with_partition_keys(known)
