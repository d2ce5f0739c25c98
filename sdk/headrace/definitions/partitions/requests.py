"""Changes of dynamic partitions that a sensor or schedule asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headrace.definitions.partitions.keys import check_partition_keys


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
