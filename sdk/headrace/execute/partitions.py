"""The partitions that a run is for, as contexts show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from headrace.errors import InvariantViolationError

if TYPE_CHECKING:
    from headrace.execute.scope import Scope


class PartitionAccess:
    """The part of a context that tells the partition of the run."""

    def __init__(self, scope: Scope) -> None:
        self.__scope = scope

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition."""
        return self.__scope.run.partition_key is not None

    @property
    def partition_key(self) -> str:
        """The partition of the run."""
        key = self.__scope.run.partition_key
        if key is None:
            raise InvariantViolationError("This run is for no partition, so there is no partition_key.")
        return key

    @property
    def partition_keys(self) -> Sequence[str]:
        """The partitions of the run."""
        return [self.partition_key]

    @property
    def has_partitions(self) -> bool:
        """Whether what is running is partitioned."""
        return self.__scope.partitions_def is not None

    @property
    def partition_time_window(self) -> Any:
        """The time window of the partition."""
        partitions_def = self.__scope.partitions_def
        window = getattr(partitions_def, "time_window_for_partition_key", None)
        if window is None:
            raise InvariantViolationError("What is running is not partitioned by time, so there is no time window.")
        return window(self.partition_key)

    def asset_partition_key_for_output(self, output_name: str = "result") -> str:
        """The partition of the asset that an output makes."""
        return self.partition_key

    def asset_partition_keys_for_output(self, output_name: str = "result") -> Sequence[str]:
        """The partitions of the asset that an output makes."""
        return self.partition_keys

    def asset_partition_key_for_input(self, input_name: str) -> str:
        """The partition of the asset that an input reads."""
        return self.partition_key

    def asset_partition_keys_for_input(self, input_name: str) -> Sequence[str]:
        """The partitions of the asset that an input reads."""
        return self.partition_keys
