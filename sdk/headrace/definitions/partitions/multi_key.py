"""Keys of partitions in two dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.definitions.partitions.keys import check_partition_keys
from headrace.errors import InvalidInvocationError

KEY_SEPARATOR = "|"


class MultiPartitionKey(str):
    """The key of a partition in two dimensions: the keys of both, in the order of the names of the dimensions.

    It is a string (`2024-01-01|us`), so it can be used wherever a key can.

    Args:
        keys_by_dimension: The key in each dimension.
    """

    keys_by_dimension: Mapping[str, str]

    def __new__(cls, keys_by_dimension: Mapping[str, str]) -> MultiPartitionKey:  # noqa: D102
        if not isinstance(keys_by_dimension, Mapping) or not keys_by_dimension:
            raise InvalidInvocationError(
                f"MultiPartitionKey takes the key of each dimension by its name, not {keys_by_dimension!r}."
            )
        for key in keys_by_dimension.values():
            check_partition_keys([key], "MultiPartitionKey")
        ordered = dict(sorted(keys_by_dimension.items()))
        made = super().__new__(cls, KEY_SEPARATOR.join(ordered.values()))
        made.keys_by_dimension = ordered
        return made

    def __reduce__(self) -> Any:
        return MultiPartitionKey, (dict(self.keys_by_dimension),)

    def __getnewargs__(self) -> Any:
        return (dict(self.keys_by_dimension),)
