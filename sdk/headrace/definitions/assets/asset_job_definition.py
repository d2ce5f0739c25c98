"""`define_asset_job`: a job that makes the assets that a selection will find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from copy import copy
from datetime import datetime
from typing import Any

from headrace.config.mapping import ConfigMapping
from headrace.config.run_config import RunConfig
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.asset_job import build_asset_job, check_resources_of_job
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.selection import AssetSelection, CoercibleToAssetSelection
from headrace.definitions.assets.spec import checked_owners
from headrace.definitions.automation.condition import AutomationCondition, checked_condition
from headrace.definitions.automation.run_request import RunRequest, run_request_for_partition
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.hook import HookDefinition, checked_hooks
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.jobs.presets import checked_presets
from headrace.definitions.naming import check_name
from headrace.definitions.notices import deprecated
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore, partition_loading_context
from headrace.definitions.partitions.partitioned_config import PartitionedConfig
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.source import SourceLocation, calling_source
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidDefinitionError, InvalidSubsetError


class UnresolvedAssetJobDefinition:
    """A job that makes the assets that a selection will find; made with `define_asset_job`."""

    def __init__(
        self,
        name: str,
        selection: AssetSelection,
        *,
        config: ConfigMapping | Mapping[str, Any] | RunConfig | PartitionedConfig | None,
        description: str | None,
        tags: Mapping[str, Any] | None,
        run_tags: Mapping[str, Any] | None,
        metadata: Mapping[str, Any] | None,
        executor_def: ExecutorDefinition | None,
        op_retry_policy: RetryPolicy | None,
        owners: Sequence[str] | None,
        hooks: Set[HookDefinition] | None,
        source: SourceLocation,
        partitions_def: PartitionsDefinition | None = None,
        automation_condition: AutomationCondition | None = None,
        presets: Mapping[str, Mapping[str, Any] | RunConfig] | None = None,
    ) -> None:
        self.name = check_name(name, "A job's name")
        self.selection = selection
        self.config = config
        self.description = description
        self.tags: dict[str, str] = normalize_tags(tags, f"The tags of job {name!r}")
        self.run_tags = None if run_tags is None else normalize_tags(run_tags, f"The run_tags of job {name!r}")
        self.metadata = dict(metadata or {})
        self.executor_def = executor_def
        self.op_retry_policy = op_retry_policy
        self.owners = checked_owners(owners or (), f"Job {name!r}")
        self.hooks = checked_hooks(hooks, f"Job {name!r}")
        self.partitions_def = partitions_def or (
            config.partitions_def if isinstance(config, PartitionedConfig) else None
        )
        self.presets = checked_presets(presets, f"Job {name!r}")
        self.source = source
        self.automation_condition = checked_condition(automation_condition, f"Job {name!r}")

    @property
    def partitioned_config(self) -> PartitionedConfig | None:
        """What makes run config for each partition."""
        return self.config if isinstance(self.config, PartitionedConfig) else None

    def with_metadata(self, metadata: Mapping[str, Any]) -> UnresolvedAssetJobDefinition:
        """The same with other metadata."""
        changed = copy(self)
        changed.metadata = dict(metadata)
        return changed

    def run_request_for_partition(
        self,
        partition_key: str,
        run_key: str | None = None,
        tags: Mapping[str, str] | None = None,
        run_config: Mapping[str, Any] | RunConfig | None = None,
        asset_selection: Sequence[AssetKey] | None = None,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> RunRequest:
        """Asks for a run of a partition, in a schedule or sensor.

        Args:
            partition_key: The partition.
            run_key: Names the request.
            tags: Tags of the run, beside those of the partition.
            run_config: The run config; that of the partition when left out.
            asset_selection: The assets to make; all of the job when left out.
            current_time: The time at which the partition is to be there; now when left out.
            dynamic_partitions_store: Where the keys of dynamic partitions are, such as the instance.
        """
        with partition_loading_context(current_time, dynamic_partitions_store):
            return run_request_for_partition(
                self, partition_key, run_key=run_key, tags=tags, run_config=run_config, asset_selection=asset_selection
            )

    def resolve(
        self,
        asset_graph: AssetGraph,
        *,
        resource_defs: Mapping[str, ResourceDefinition] | None = None,
        default_executor_def: ExecutorDefinition | None = None,
        logger_defs: Mapping[str, Any] | None = None,
    ) -> JobDefinition:
        """The job, with the assets that are there."""
        try:
            return self._built(asset_graph, resource_defs, default_executor_def, logger_defs)
        except (InvalidSubsetError, InvalidDefinitionError) as error:
            raise InvalidDefinitionError(f"Failed to resolve asset job {self.name} ({self.source}): {error}") from error

    def _built(
        self,
        asset_graph: AssetGraph,
        resource_defs: Mapping[str, ResourceDefinition] | None,
        default_executor_def: ExecutorDefinition | None,
        logger_defs: Mapping[str, Any] | None,
    ) -> JobDefinition:
        keys = self.selection.resolve(asset_graph) & asset_graph.executable_keys
        _check_same_partitions(self.name, asset_graph, keys)
        checks = self.selection.resolve_checks(asset_graph)
        job = build_asset_job(
            self.name,
            asset_graph,
            keys,
            check_keys=checks,
            resource_defs=resource_defs,
            executor_def=self.executor_def or default_executor_def,
            config=self.config,
            description=self.description,
            tags=self.tags,
            run_tags=self.run_tags,
            metadata=self.metadata,
            op_retry_policy=self.op_retry_policy,
            logger_defs=logger_defs,
            owners=self.owners,
            hooks=self.hooks,
            source=self.source,
            partitions_def=self.partitions_def,
            presets=self.presets,
            automation_condition=self.automation_condition,
        )
        self._check_condition(job)
        check_resources_of_job(job, asset_graph, resource_defs or {})
        return job

    def _check_condition(self, job: JobDefinition) -> None:
        condition = self.automation_condition
        if condition is None:
            return
        if not any(each.is_of_jobs for each in condition.walk()):
            raise InvalidDefinitionError(
                f"The automation_condition of job {self.name!r} does not evaluate against the job's root assets. Wrap it: "
                "AutomationCondition.any_job_root_assets_match(...) or all_job_root_assets_match(...)."
            )
        if job.partitions_def is not None and self.config is not None:
            raise InvalidDefinitionError(
                f"Job {self.name!r} has both an automation_condition and partitioned run config. Have the assets' own config "
                "say it, or start the job from a schedule or sensor."
            )

    def __repr__(self) -> str:
        return f"UnresolvedAssetJobDefinition({self.name!r}, {self.selection})"


def _check_same_partitions(name: str, asset_graph: AssetGraph, keys: Set[AssetKey]) -> None:
    by_partitions: dict[PartitionsDefinition, list[str]] = {}
    for key in sorted(keys):
        partitions_def = asset_graph.get(key).partitions_def
        if partitions_def is not None:
            by_partitions.setdefault(partitions_def, []).append(key.to_user_string())
    if len(by_partitions) > 1:
        first, second = list(by_partitions.values())[:2]
        raise InvalidDefinitionError(
            f"Selected assets must have the same partitions definitions, but those of job {name!r} have different ones: "
            f"{', '.join(first[:3])} and {', '.join(second[:3])}. Give the job assets of one kind of partitions, beside such "
            "that have none."
        )


def define_asset_job(
    name: str,
    selection: CoercibleToAssetSelection | None = None,
    config: ConfigMapping | Mapping[str, Any] | RunConfig | PartitionedConfig | None = None,
    description: str | None = None,
    tags: Mapping[str, object] | None = None,
    run_tags: Mapping[str, object] | None = None,
    metadata: Mapping[str, Any] | None = None,
    executor_def: ExecutorDefinition | None = None,
    op_retry_policy: RetryPolicy | None = None,
    owners: Sequence[str] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    hooks: Set[HookDefinition] | None = None,
    automation_condition: AutomationCondition | None = None,
    presets: Mapping[str, Mapping[str, Any] | RunConfig] | None = None,
) -> UnresolvedAssetJobDefinition:
    """Defines a job that makes the assets that a selection finds among the definitions it is put into.

    Args:
        name: Unique among the jobs of a location.
        selection: The assets; all when left out.
        config: Run config to use where a run gives none, or a mapping that makes run config.
        description: What it does.
        tags: Shown with the job, and given to its runs unless `run_tags` is given.
        run_tags: Given to its runs.
        metadata: Shown with the job.
        executor_def: How its steps are spread over processes; that of the definitions when left out.
        op_retry_policy: For assets that have no retry policy of their own.
        owners: Who answers for it.
        hooks: Run after every step.
        partitions_def: The partitions that its runs are for; those of the assets when left out.
        automation_condition: When it runs by itself.
        presets: Configurations to begin with where somebody launches a run by hand, by name.
    """
    if partitions_def is not None:
        deprecated("partitions_def of define_asset_job is deprecated: a job has the partitions of its assets.")
    return UnresolvedAssetJobDefinition(
        name,
        AssetSelection.all() if selection is None else AssetSelection.from_coercible(selection),
        config=config,
        description=description,
        tags=tags,
        run_tags=run_tags,
        metadata=metadata,
        executor_def=executor_def,
        op_retry_policy=op_retry_policy,
        owners=owners,
        hooks=hooks,
        source=calling_source(),
        partitions_def=partitions_def,
        automation_condition=automation_condition,
        presets=presets,
    )
