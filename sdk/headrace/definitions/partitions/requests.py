"""Changes of dynamic partitions that a sensor or schedule asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headrace.definitions.partitions.keys import check_partition_keys
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore, dynamic_store


@dataclass(frozen=True)
class AddDynamicPartitionsRequest:
    """Asks for partitions to be added.

    Args:
        partitions_def_name: The name of the dynamic set.
        partition_keys: The keys.
    """

    partitions_def_name: str
    partition_keys: Sequence[str]

    def __post_init__(self) -> None:
        keys = check_partition_keys(self.partition_keys, f"Partitions of {self.partitions_def_name!r}")
        object.__setattr__(self, "partition_keys", list(keys))


@dataclass(frozen=True)
class DeleteDynamicPartitionsRequest:
    """Asks for partitions to be taken away.

    Args:
        partitions_def_name: The name of the dynamic set.
        partition_keys: The keys.
    """

    partitions_def_name: str
    partition_keys: Sequence[str]


class ChangedPartitions:
    """The keys of dynamic partitions as they will be once changes have been made.

    Args:
        store: Where they are now.
        changes: The changes, in order.
    """

    def __init__(
        self,
        store: DynamicPartitionsStore | None,
        changes: Sequence[AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest],
    ) -> None:
        self._store = dynamic_store(store)
        self._changes = list(changes)

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys, in the order in which they were added."""
        now = self._store.get_dynamic_partitions(partitions_def_name) if self._store is not None else ()
        keys = dict.fromkeys(now)
        for change in self._changes:
            if change.partitions_def_name != partitions_def_name:
                continue
            for key in change.partition_keys:
                if isinstance(change, AddDynamicPartitionsRequest):
                    keys.setdefault(key)
                else:
                    keys.pop(key, None)
        return list(keys)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is such a key."""
        for change in reversed(self._changes):
            if change.partitions_def_name == partitions_def_name and partition_key in change.partition_keys:
                return isinstance(change, AddDynamicPartitionsRequest)
        return self._store is not None and self._store.has_dynamic_partition(partitions_def_name, partition_key)
