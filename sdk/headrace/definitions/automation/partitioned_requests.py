"""Run requests for a partition: with the config and the tags that the job gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from headrace.config.run_config import RunConfig
from headrace.definitions.automation.run_request import RunRequest
from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitioned_config import PartitionedConfig
from headrace.definitions.partitions.partitions_definition import PARTITION_TAG, PartitionsDefinition


class PartitionedJob(Protocol):
    """What a job tells about its partitions."""

    @property
    def name(self) -> str:
        """The job's name."""

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions that its runs are for, as far as is known."""

    @property
    def partitioned_config(self) -> PartitionedConfig | None:
        """What makes config for each of them."""


def with_partition_of(request: RunRequest, job: PartitionedJob | None) -> RunRequest:
    """The request, with the config and the tags that a job gives to the partition it is for.

    Raises:
        UnknownPartitionError: the job has no such partition.
    """
    key = request.partition_key
    if key is None:
        return request
    partitions_def = job.partitions_def if job is not None else None
    if partitions_def is not None and not _has_dynamic_keys(partitions_def):
        partitions_def.validate_partition_key(key)
    config = job.partitioned_config if job is not None else None
    tags = {PARTITION_TAG: str(key)}
    if config is not None:
        tags = config.get_tags_for_partition_key(key)
    elif partitions_def is not None:
        tags = dict(partitions_def.get_tags_for_partition_key(key))
    run_config = request.run_config or (config.get_run_config_for_partition_key(key) if config is not None else {})
    return replace(request, run_config=run_config, tags={**tags, **request.tags})


def run_request_for_partition(
    job: PartitionedJob,
    partition_key: str,
    *,
    run_key: str | None = None,
    tags: Mapping[str, str] | None = None,
    run_config: Mapping[str, Any] | RunConfig | None = None,
) -> RunRequest:
    """Asks for a run of one partition of a job.

    Args:
        job: The job.
        partition_key: The partition.
        run_key: Names the request.
        tags: Tags of the run, beside those of the partition.
        run_config: The run config; that of the partition when left out.
    """
    request = RunRequest(
        run_key=run_key, run_config=run_config or {}, tags=tags or {}, job_name=job.name, partition_key=partition_key
    )
    return with_partition_of(request, job)


def _has_dynamic_keys(partitions_def: PartitionsDefinition) -> bool:
    if isinstance(partitions_def, MultiPartitionsDefinition):
        return any(_has_dynamic_keys(each.partitions_def) for each in partitions_def.partitions_defs)
    return isinstance(partitions_def, DynamicPartitionsDefinition)
