"""What time it is, and which dynamic partitions there are, for everything that asks for partitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol


class DynamicPartitionsStore(Protocol):
    """Keeps the keys of dynamic partitions; an instance is one."""

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys, in the order in which they were added."""

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is such a key."""


@dataclass(frozen=True)
class PartitionLoadingContext:
    """What partitions depend on.

    Attributes:
        effective_dt: The time at which to look at partitions of time.
        dynamic_partitions_store: Where the keys of dynamic partitions are.
    """

    effective_dt: datetime | None = None
    dynamic_partitions_store: DynamicPartitionsStore | None = None


@contextmanager
def partition_loading_context(
    effective_dt: datetime | None = None,
    dynamic_partitions_store: DynamicPartitionsStore | None = None,
) -> Iterator[PartitionLoadingContext]:
    """Lets everything inside the `with` statement see partitions as of some time, or with some dynamic partitions.

    Args:
        effective_dt: The time; that around when left out, else now.
        dynamic_partitions_store: Where the keys of dynamic partitions are; as around when left out.
    """
    around = _current.get()
    context = PartitionLoadingContext(
        effective_dt or around.effective_dt, dynamic_partitions_store or around.dynamic_partitions_store
    )
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def effective_time(given: datetime | None) -> datetime:
    """The time that was given, or that of the context, or now."""
    return given or _current.get().effective_dt or datetime.now(timezone.utc)


def dynamic_store(given: DynamicPartitionsStore | None) -> DynamicPartitionsStore | None:
    """The store that was given, or that of the context."""
    return given if given is not None else _current.get().dynamic_partitions_store


_NOTHING_SET = PartitionLoadingContext()
_current: ContextVar[PartitionLoadingContext] = ContextVar("headrace_partition_loading", default=_NOTHING_SET)
