"""The run, as user code sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.spellings import BothSpellings
from headrace.errors import InvariantViolationError

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.spec import AssetCheckKey
    from headrace.execute.spec import RunSpec

K = TypeVar("K")

PARTITION_TAGS = ("headrace/partition", "dagster/partition")
RANGE_START_TAGS = ("headrace/asset_partition_range_start", "dagster/asset_partition_range_start")
RANGE_END_TAGS = ("headrace/asset_partition_range_end", "dagster/asset_partition_range_end")


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a run is and where it came from; `context.run` of ops and assets."""

    run_id: str
    job_name: str
    run_config: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    parent_run_id: str | None = None
    root_run_id: str | None = None
    op_selection: Sequence[str] | None = None
    asset_selection: Set[AssetKey] | None = None
    asset_check_selection: Set[AssetCheckKey] | None = None
    partition_key: str | None = None
    partition_key_range: PartitionKeyRange | None = None
    attempt: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "tags", BothSpellings(self.tags))

    @classmethod
    def of(cls, spec: RunSpec) -> RunInfo:
        """The run that a request asks for."""
        return cls(
            run_id=spec.run_id,
            job_name=spec.job_name,
            run_config=spec.run_config,
            tags=spec.tags,
            parent_run_id=spec.parent_run_id,
            root_run_id=spec.root_run_id,
            op_selection=spec.op_selection,
            asset_selection=_set(spec.asset_selection),
            asset_check_selection=_set(spec.asset_check_selection),
            partition_key=partition_of(spec.partition_key, spec.tags),
            partition_key_range=partition_range_of(spec.tags),
            attempt=spec.attempt,
        )

    @property
    def partition_range(self) -> PartitionKeyRange | None:
        """The first and the last partition of the run; None if it is for none."""
        if self.partition_key_range is not None or self.partition_key is None:
            return self.partition_key_range
        return PartitionKeyRange(self.partition_key, self.partition_key)


def _set(chosen: Iterable[K] | None) -> frozenset[K] | None:
    return None if chosen is None else frozenset(chosen)


def partition_of(partition_key: str | None, tags: Mapping[str, str]) -> str | None:
    """The partition of a run: given as such, or by a tag."""
    if partition_key is not None:
        return partition_key
    return _first(tags, PARTITION_TAGS)


def partition_range_of(tags: Mapping[str, str]) -> PartitionKeyRange | None:
    """The range of partitions of a run, given by two tags."""
    start, end = _first(tags, RANGE_START_TAGS), _first(tags, RANGE_END_TAGS)
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise InvariantViolationError(
            f"A run for a range of partitions has two tags, {RANGE_START_TAGS[0]!r} and {RANGE_END_TAGS[0]!r}; one is missing."
        )
    return PartitionKeyRange(start, end)


def _first(tags: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((tags[name] for name in names if name in tags), None)
