"""Partitions whose keys are added and taken away while everything runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from headrace.definitions.partitions.loading_context import DynamicPartitionsStore, dynamic_store
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.requests import AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest
from headrace.errors import InvalidDefinitionError, InvariantViolationError


class DynamicPartitionsDefinition(PartitionsDefinition):
    """Partitions whose keys are added and taken away while everything runs.

    Args:
        partition_fn: Makes the keys from a time; the older form, instead of a name.
        name: The name of the set; its keys are kept under it.
    """

    def __init__(
        self, partition_fn: Callable[[datetime | None], Sequence[str]] | None = None, name: str | None = None
    ) -> None:
        if (partition_fn is None) == (name is None):
            raise InvalidDefinitionError(
                "DynamicPartitionsDefinition takes a name, or (the older form) a partition_fn."
            )
        if name is not None and (not isinstance(name, str) or not name):
            raise InvalidDefinitionError(f"The name of dynamic partitions is a non-empty string, not {name!r}.")
        self._partition_fn = partition_fn
        self._name = name

    @property
    def name(self) -> str | None:
        """The name of the set."""
        return self._name

    def get_partition_keys(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[str]:
        """All keys, in the order in which they were added."""
        if self._partition_fn is not None:
            return list(self._partition_fn(current_time))
        return list(self._store(dynamic_partitions_store).get_dynamic_partitions(str(self._name)))

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether there is such a partition."""
        if self._partition_fn is not None:
            return partition_key in self._partition_fn(current_time)
        store = self._store(dynamic_partitions_store)
        return bool(store.has_dynamic_partition(str(self._name), partition_key))

    def build_add_request(self, partition_keys: Sequence[str]) -> AddDynamicPartitionsRequest:
        """Asks for partitions to be added, in the result of a sensor or schedule."""
        return AddDynamicPartitionsRequest(self._required_name(), partition_keys)

    def build_delete_request(self, partition_keys: Sequence[str]) -> DeleteDynamicPartitionsRequest:
        """Asks for partitions to be taken away, in the result of a sensor or schedule."""
        return DeleteDynamicPartitionsRequest(self._required_name(), partition_keys)

    def can_be_listed(self, dynamic_partitions_store: Any = None) -> bool:
        """Whether the keys are known here: by a function, or by a store."""
        return self._partition_fn is not None or dynamic_store(dynamic_partitions_store) is not None

    def _identity(self, dynamic_partitions_store: DynamicPartitionsStore | None) -> str:
        if not self.can_be_listed(dynamic_partitions_store):
            return repr(self)
        return f"{self!r} {list(self.get_partition_keys(None, dynamic_partitions_store))}"

    def _required_name(self) -> str:
        if self._name is None:
            raise InvariantViolationError("These dynamic partitions have a partition_fn and no name to add keys to.")
        return self._name

    def _store(self, given: DynamicPartitionsStore | None) -> DynamicPartitionsStore:
        store = dynamic_store(given)
        if store is None:
            raise InvariantViolationError(
                f"The keys of dynamic partitions {self._name!r} are kept by an instance: pass it as "
                "dynamic_partitions_store, or use partition_loading_context."
            )
        return store

    def _hint(self, partition_key: str, current_time: datetime | None) -> str:
        return f"add it to the dynamic partitions {self._name!r} first"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DynamicPartitionsDefinition) and (self._partition_fn, self._name) == (
            other._partition_fn,
            other._name,
        )

    def __hash__(self) -> int:
        return hash((self._partition_fn, self._name))

    def __str__(self) -> str:
        if self._partition_fn is not None:
            return ", ".join(map(repr, self._partition_fn(None)))
        return f'Dynamic partitions: "{self._name}"'

    def __repr__(self) -> str:
        return f"DynamicPartitionsDefinition(name={self._name!r})"
