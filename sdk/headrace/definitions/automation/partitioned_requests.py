"""Run requests for a partition: with the config and the tags that the job gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore, partition_loading_context
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitioned_config import PartitionedConfig
from headrace.definitions.partitions.partitions_definition import PARTITION_TAG, PartitionsDefinition
from headrace.definitions.partitions.requests import (
    AddDynamicPartitionsRequest,
    ChangedPartitions,
    DeleteDynamicPartitionsRequest,
)


class PartitionedJob(Protocol):
    """What a job tells about its partitions."""

    @property
    def name(self) -> str:
        """The job's name."""

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions that its runs are for, as far as is known."""

    @property
    def config(self) -> Any:
        """What its runs get where they are given none."""

    @property
    def partitioned_config(self) -> PartitionedConfig | None:
        """What makes config for each of them."""


class Request(Protocol):
    """What a request for a run tells about its partition."""

    @property
    def partition_key(self) -> str | None:
        """The partition."""

    @property
    def run_config(self) -> Any:
        """The run config that is asked for."""

    @property
    def tags(self) -> Mapping[str, Any]:
        """The tags that are asked for."""


R = TypeVar("R", bound=Request)


def resolved_request(
    request: R,
    job: PartitionedJob,
    changes: Sequence[AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest],
    current_time: datetime | None,
    store: DynamicPartitionsStore | None,
) -> R:
    """The request, with what a job gives to its partition, once changes of dynamic partitions have been made.

    Raises:
        UnknownPartitionError: the job has no such partition then.
    """
    key, partitions_def = request.partition_key, job.partitions_def
    if key is None or partitions_def is None:
        return request
    changed = ChangedPartitions(store, changes)
    partitions_def.validate_partition_key(key, current_time, changed)
    with partition_loading_context(current_time, changed):
        return with_partition_of(request, job)


def with_partition_of(request: R, job: PartitionedJob | None) -> R:
    """The request, with the config and the tags that a job gives to the partition it is for.

    Raises:
        UnknownPartitionError: the job has no such partition.
    """
    key = request.partition_key
    if key is None:
        return request
    partitions_def = job.partitions_def if job is not None else None
    if partitions_def is not None and not _is_dynamic(partitions_def):
        partitions_def.validate_partition_key(key)
    config = job.partitioned_config if job is not None else None
    tags = {PARTITION_TAG: str(key)}
    if config is not None:
        tags = config.get_tags_for_partition_key(key)
    elif partitions_def is not None:
        tags = dict(partitions_def.get_tags_for_partition_key(key))
    run_config = request.run_config or (config.get_run_config_for_partition_key(key) if config is not None else {})
    return replace(request, run_config=run_config, tags={**tags, **request.tags})  # type: ignore[type-var]


def is_unknown(partitions_def: PartitionsDefinition | None) -> bool:
    """Whether there are keys that only whoever keeps them knows, and nobody around does."""
    if isinstance(partitions_def, MultiPartitionsDefinition):
        return any(is_unknown(each.partitions_def) for each in partitions_def.partitions_defs)
    return isinstance(partitions_def, DynamicPartitionsDefinition) and not partitions_def.can_be_listed()


def _is_dynamic(partitions_def: PartitionsDefinition) -> bool:
    if isinstance(partitions_def, MultiPartitionsDefinition):
        return any(_is_dynamic(each.partitions_def) for each in partitions_def.partitions_defs)
    return isinstance(partitions_def, DynamicPartitionsDefinition)
