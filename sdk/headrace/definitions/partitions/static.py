"""Partitions whose keys are written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from headrace.definitions.partitions.keys import check_partition_keys
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.partitions_definition import NumberedPartitionsDefinition


class StaticPartitionsDefinition(NumberedPartitionsDefinition):
    """Partitions whose keys are written down.

    Args:
        partition_keys: The keys, in order.
    """

    def __init__(self, partition_keys: Sequence[str]) -> None:
        self._keys = check_partition_keys(partition_keys, "StaticPartitionsDefinition")

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {key: number for number, key in enumerate(self._keys)}

    def key_at(self, number: int) -> str:
        """The key of a number."""
        return self._keys[number]

    def number_of(self, partition_key: str) -> int | None:
        """The number of a key; None for what is no key."""
        return self._numbers.get(partition_key)

    def get_partition_keys(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """All keys, in order."""
        return list(self._keys)

    def get_num_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> int:
        """How many partitions there are."""
        return len(self._keys)

    def _hint(self, partition_key: str, current_time: datetime | None) -> str:
        if 0 < len(self._keys) <= 20:
            return f"there are {', '.join(map(repr, self._keys))}"
        return super()._hint(partition_key, current_time)

    def _sample(self) -> Sequence[str]:
        return self._keys[:1000]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticPartitionsDefinition) and self._keys == other._keys

    def __hash__(self) -> int:
        return hash(self._keys)

    def __str__(self) -> str:
        return ", ".join(map(repr, self._keys))

    def __repr__(self) -> str:
        return f"StaticPartitionsDefinition(partition_keys={list(self._keys)})"
