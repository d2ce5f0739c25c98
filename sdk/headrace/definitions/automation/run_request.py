"""What schedules and sensors decide: to request runs, or to skip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from headrace.config.run_config import RunConfig, to_run_config
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import coerce_to_key
from headrace.definitions.automation.partitioned_requests import (
    PartitionedJob,
    is_unknown,
    resolved_request,
    with_partition_of,
)
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.requests import AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidDefinitionError, InvalidInvocationError


@dataclass(frozen=True)
class SkipReason:
    """Tells why a tick requests no run.

    Args:
        skip_message: The reason, for people.
    """

    skip_message: str | None = None


@dataclass(frozen=True)
class RunRequest:
    """Asks for a run.

    Args:
        run_key: Names the request; a schedule or sensor never gets two runs for one key.
        run_config: The run config, as a dict or a `RunConfig`.
        tags: Tags of the run.
        job_name: The job, where the schedule or sensor has several.
        asset_selection: The assets to make; all of the job's when left out.
        stale_assets_only: Whether only those of them are made that are stale, or were never made.
        partition_key: The partition that the run is for.
        asset_check_keys: The checks to run; those of the assets when left out.
    """

    run_key: str | None = None
    run_config: Mapping[str, Any] | RunConfig = field(default_factory=dict)
    tags: Mapping[str, Any] = field(default_factory=dict)
    job_name: str | None = None
    asset_selection: Sequence[AssetKey] | None = None
    stale_assets_only: bool = False
    partition_key: str | None = None
    asset_check_keys: Sequence[AssetCheckKey] | None = None

    def __post_init__(self) -> None:
        if self.run_key is not None and not isinstance(self.run_key, str):
            raise InvalidDefinitionError(f"A RunRequest's run_key is a string, not {self.run_key!r}.")
        object.__setattr__(self, "run_config", to_run_config(self.run_config))
        object.__setattr__(self, "tags", normalize_tags(self.tags, "A RunRequest's tags"))
        if self.asset_selection is not None:
            object.__setattr__(self, "asset_selection", [coerce_to_key(each) for each in self.asset_selection])

    def with_resolved_tags_and_config(
        self,
        target_definition: PartitionedJob,
        dynamic_partitions_requests: Sequence[AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest] = (),
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> RunRequest:
        """The same, with the config and the tags that a job gives to the partition it is for.

        Args:
            target_definition: The job.
            dynamic_partitions_requests: Changes of dynamic partitions that are asked for along with it.
            current_time: When to look at partitions of time.
            dynamic_partitions_store: Where the keys of dynamic partitions are, as an instance is.

        Raises:
            UnknownPartitionError: the job has no such partition then.
        """
        return resolved_request(
            self, target_definition, dynamic_partitions_requests, current_time, dynamic_partitions_store
        )

    def with_replaced_attrs(self, **attributes: Any) -> RunRequest:
        """The same with some attributes replaced."""
        return replace(self, **attributes)


def run_request_for_partition(
    job: PartitionedJob,
    partition_key: str,
    *,
    run_key: str | None = None,
    tags: Mapping[str, str] | None = None,
    run_config: Mapping[str, Any] | RunConfig | None = None,
    asset_selection: Sequence[AssetKey] | None = None,
) -> RunRequest:
    """Asks for a run of one partition of a job.

    Args:
        job: The job.
        partition_key: The partition.
        run_key: Names the request.
        tags: Tags of the run, beside those of the partition.
        run_config: The run config; that of the partition when left out.
        asset_selection: The assets to make; all of the job when left out.
    """
    if is_unknown(job.partitions_def):
        raise InvalidInvocationError(
            f"run_request_for_partition of job {job.name!r} is not supported for dynamic partitions unless it knows them: give it "
            "dynamic_partitions_store=context.instance, or return a RunRequest(partition_key=...)."
        )
    own = job.config if isinstance(job.config, (Mapping, RunConfig)) else None
    request = RunRequest(
        run_key=run_key,
        run_config=run_config or own or {},
        tags=tags or {},
        job_name=job.name,
        partition_key=partition_key,
        asset_selection=asset_selection,
    )
    return with_partition_of(request, job)
