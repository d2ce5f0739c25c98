"""Changes of dynamic partitions, by themselves or with a tick."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.types.v1.instigator_pb2 import DynamicPartitionsChange
from headrace_services.storage.operations.checks import wrong
from headrace_services.storage.store import dynamic_partitions
from headrace_services.storage.store.locks import partitions_lock
from headrace_services.storage.store.transaction import Transaction

_MOST_KEYS = 10_000
_LONGEST_KEY = 1024


def check_changes(field: str, changes: Iterable[DynamicPartitionsChange]) -> None:
    """Makes sure that changes can be made.

    Raises:
        InvalidArgumentError: a set or key has no name, or there are too many keys.
    """
    count = 0
    for index, change in enumerate(changes):
        if not change.partitions_name:
            raise wrong(f"{field}[{index}].partitions_name", "must not be empty")
        for key in (*change.added_keys, *change.deleted_keys):
            if not 0 < len(key) <= _LONGEST_KEY:
                raise wrong(f"{field}[{index}]", f"has a key that is empty or has more than {_LONGEST_KEY} characters")
        count += len(change.added_keys) + len(change.deleted_keys)
    if count > _MOST_KEYS:
        raise wrong(field, f"have {count} keys, at most {_MOST_KEYS} are changed at once")


def change_locks(changes: Iterable[DynamicPartitionsChange]) -> frozenset[int]:
    """Returns what changes touch."""
    return frozenset(partitions_lock(change.partitions_name) for change in changes)


def change_partitions(tx: Transaction, changes: Iterable[DynamicPartitionsChange]) -> None:
    """Makes changes, in order."""
    for change in changes:
        dynamic_partitions.change(tx, change.partitions_name, change.added_keys, change.deleted_keys)
