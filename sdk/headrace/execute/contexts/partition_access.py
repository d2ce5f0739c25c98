"""The partitions that a run is for, as contexts show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.multi_key import MultiPartitionKey
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.definitions.partitions.time_window import TimeWindow
from headrace.errors import InvariantViolationError
from headrace.execute.planning.step_partitions import window_of

if TYPE_CHECKING:
    from headrace.execute.contexts.scope import Scope


class PartitionAccess:
    """The part of a context that tells the partitions of the run."""

    def __init__(self, scope: Scope) -> None:
        self.__scope = scope

    # The run

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition."""
        return self.__scope.run.partition_key is not None

    @property
    def has_partition_key_range(self) -> bool:
        """Whether the run is for a range of partitions."""
        return self.__scope.run.partition_key_range is not None

    @property
    def has_partitions(self) -> bool:
        """Whether what is running is partitioned."""
        return self.__scope.partitions.partitions_def is not None

    @property
    def partition_key(self) -> str:
        """The partition of the run; raises an error if there is none, or several."""
        if not self.__scope.partitions.is_for_partitions:
            raise InvariantViolationError(
                "Tried to access partition_key for a non-partitioned run: it is for no partition."
            )
        return _only(self.__scope.partitions.keys(), "This run", "partition_keys or partition_key_range")

    @property
    def multi_partition_key(self) -> MultiPartitionKey:
        """The partition of the run as the key of each dimension; raises an error if it has only one dimension."""
        key = self.partition_key
        if not isinstance(key, MultiPartitionKey):
            raise InvariantViolationError(
                f"There is no multi_partition_key: partition {key!r} has only one dimension. Use partition_key."
            )
        return key

    @property
    def partition_keys(self) -> Sequence[str]:
        """The partitions of the run."""
        return self.__scope.partitions.keys()

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The first and the last partition of the run."""
        given = self.__scope.partitions.ends()
        return given if given is not None else PartitionKeyRange(self.partition_key, self.partition_key)

    asset_partition_key_range = partition_key_range

    @property
    def partition_time_window(self) -> TimeWindow:
        """The time that the partitions of the run stand for."""
        partitions = self.__scope.partitions
        keys = partitions.keys() if partitions.is_for_partitions else ()
        return window_of(partitions.partitions_def, keys, "What is running")

    # What is made

    def asset_partition_key_for_output(self, output_name: str = "result") -> str:
        """The partition of the asset that an output makes."""
        keys = self.asset_partition_keys_for_output(output_name)
        return _only(keys, f"Output {output_name!r}", "asset_partition_keys_for_output")

    def asset_partition_keys_for_output(self, output_name: str = "result") -> Sequence[str]:
        """The partitions of the asset that an output makes."""
        made = self.__made(output_name)
        return self.partition_keys if made is None else made.get_partition_keys()

    def asset_partition_key_range_for_output(self, output_name: str = "result") -> PartitionKeyRange:
        """The first and the last partition of the asset that an output makes."""
        return _ends(self.asset_partition_keys_for_output(output_name), f"Output {output_name!r}")

    def asset_partitions_def_for_output(self, output_name: str = "result") -> PartitionsDefinition:
        """The partitions of the asset that an output makes."""
        key = self.__scope.asset_keys_by_output.get(output_name)
        return _given(self.__scope.partitions.definition_of(key), f"Output {output_name!r}")

    def asset_partitions_time_window_for_output(self, output_name: str = "result") -> TimeWindow:
        """The time that the partitions of the asset stand for that an output makes."""
        return self.__scope.partitions.window(self.__made(output_name), f"Output {output_name!r}")

    # What is read

    def asset_partition_key_for_input(self, input_name: str) -> str:
        """The partition of the asset that an input reads."""
        keys = self.asset_partition_keys_for_input(input_name)
        return _only(keys, f"Input {input_name!r}", "asset_partition_keys_for_input")

    def asset_partition_keys_for_input(self, input_name: str) -> Sequence[str]:
        """The partitions of the asset that an input reads."""
        read = self.__read(input_name)
        return self.partition_keys if read is None else read.get_partition_keys()

    def asset_partition_key_range_for_input(self, input_name: str) -> PartitionKeyRange:
        """The first and the last partition of the asset that an input reads."""
        return _ends(self.asset_partition_keys_for_input(input_name), f"Input {input_name!r}")

    def asset_partitions_def_for_input(self, input_name: str) -> PartitionsDefinition:
        """The partitions of the asset that an input reads."""
        key = self.__scope.asset_keys_by_input.get(input_name)
        return _given(self.__scope.partitions.definition_of(key), f"Input {input_name!r}")

    def asset_partitions_time_window_for_input(self, input_name: str) -> TimeWindow:
        """The time that the partitions of the asset stand for that an input reads."""
        return self.__scope.partitions.window(self.__read(input_name), f"Input {input_name!r}")

    def __made(self, output_name: str) -> PartitionsSubset | None:
        return self.__scope.partitions.made(self.__scope.asset_keys_by_output.get(output_name))

    def __read(self, input_name: str) -> PartitionsSubset | None:
        partitions = self.__scope.partitions
        key = self.__scope.asset_keys_by_input.get(input_name)
        return partitions.read(partitions.dependency(input_name) if key is None else key)


def _only(keys: Sequence[str], what: str, instead: str) -> str:
    if len(keys) != 1:
        raise InvariantViolationError(f"{what} is for {len(keys)} partitions, not one: use {instead}.")
    return keys[0]


def _ends(keys: Sequence[str], what: str) -> PartitionKeyRange:
    if not keys:
        raise InvariantViolationError(f"{what} is for no partition, so there is no range.")
    return PartitionKeyRange(keys[0], keys[-1])


def _given(partitions_def: PartitionsDefinition | None, what: str) -> PartitionsDefinition:
    if partitions_def is None:
        raise InvariantViolationError(f"{what} belongs to no partitioned asset.")
    return partitions_def
