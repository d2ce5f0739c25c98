"""Keys of partitions: what they may hold, and ranges of them."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import NamedTuple

from headrace.errors import InvalidDefinitionError

RANGE_SEPARATOR = "..."
_FORBIDDEN = (RANGE_SEPARATOR, "\a", "\b", "\f", "\n", "\r", "\t", "\v", "\0")


class PartitionKeyRange(NamedTuple):
    """All partitions from one key to another, both included.

    Attributes:
        start: The first key.
        end: The last key.
    """

    start: str
    end: str


_SHOWN = {"\b": r"\b", "\n": r"\n", "\t": r"\t"}


def check_partition_keys(keys: Iterable[object], what: str) -> tuple[str, ...]:
    """Returns the keys if each is a usable string and none comes twice."""
    if isinstance(keys, str):
        raise InvalidDefinitionError(f"{what}: partition keys are a list, not the string {keys!r}.")
    checked: dict[str, None] = {}
    twice = []
    for key in keys:
        if not isinstance(key, str):
            raise InvalidDefinitionError(f"{what}: a partition key is a string, not {key!r}.")
        bad = [part for part in _FORBIDDEN if part in key]
        if bad:
            raise InvalidDefinitionError(
                f"{what}: the partition key {key!r} contains invalid characters: {_SHOWN.get(bad[0], bad[0])!r}."
            )
        if key in checked:
            twice.append(key)
        checked[key] = None
    if twice:
        raise InvalidDefinitionError(f"{what}: Duplicate instances of partition keys: {twice}. Each must be unique.")
    return tuple(checked)


class PartitionKeys(list[str]):
    """Keys in the order of their set; equal to a list of the same keys in the same order, and to a set of the same keys."""

    def __eq__(self, other: object) -> bool:
        return set(self) == other if isinstance(other, Set) else super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None
