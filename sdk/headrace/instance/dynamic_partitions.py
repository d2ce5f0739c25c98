"""What user code asks and tells an instance about dynamic partitions."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from headrace.definitions.partitions.keys import check_partition_keys
from headrace.definitions.partitions.pages import PaginatedResults, page_of
from headrace.errors import InvalidInvocationError
from headrace.instance.ledger import LedgerReader


class DynamicPartitions(LedgerReader):
    """The part of an instance that knows the keys of dynamic partitions."""

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        """Adds keys to a dynamic set; those it has stay where they are.

        Args:
            partitions_def_name: The name of the set.
            partition_keys: The keys.
        """
        _check_name(partitions_def_name)
        keys = check_partition_keys(partition_keys, f"Partitions of {partitions_def_name!r}")
        self._ledger.add_dynamic_partitions(partitions_def_name, list(keys))

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Takes a key out of a dynamic set; what was recorded of the partition stays.

        Args:
            partitions_def_name: The name of the set.
            partition_key: The key.
        """
        _check_name(partitions_def_name)
        self._ledger.delete_dynamic_partitions(partitions_def_name, [partition_key])

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys of a dynamic set, in the order in which they were added.

        Args:
            partitions_def_name: The name of the set.
        """
        _check_name(partitions_def_name)
        return self._ledger.dynamic_partitions(partitions_def_name)

    def get_paginated_dynamic_partitions(
        self, partitions_def_name: str, limit: int, ascending: bool, cursor: str | None = None
    ) -> PaginatedResults[str]:
        """A page of the keys of a dynamic set.

        Args:
            partitions_def_name: The name of the set.
            limit: At most this many.
            ascending: In the order in which they were added, or the other way round.
            cursor: From the page before.
        """
        return page_of(self.get_dynamic_partitions(partitions_def_name), limit, cursor, ascending=ascending)

    def get_existing_dynamic_partitions(
        self, partitions_def_name: str, partition_keys: Sequence[str]
    ) -> AbstractSet[str]:
        """Those of some keys that a dynamic set has.

        Args:
            partitions_def_name: The name of the set.
            partition_keys: The keys.
        """
        return {key for key in partition_keys if self.has_dynamic_partition(partitions_def_name, key)}

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether a dynamic set has a key.

        Args:
            partitions_def_name: The name of the set.
            partition_key: The key.
        """
        _check_name(partitions_def_name)
        return self._ledger.has_dynamic_partition(partitions_def_name, partition_key)


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name:
        raise InvalidInvocationError(f"The name of dynamic partitions is a non-empty string, not {name!r}.")
