"""Jobs: a graph with everything it needs to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn

from headrace.config.mapping import ConfigMapping
from headrace.config.run_config import RunConfig, to_run_config
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.layer import AssetLayer
from headrace.definitions.assets.spec import AssetSpec, checked_owners
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.automation.run_request import RunRequest, run_request_for_partition
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.engine import engine
from headrace.definitions.graphs.dependency import InputDependency, NodeInvocation
from headrace.definitions.graphs.node import Node, NodeDefinition
from headrace.definitions.graphs.structure import (
    GraphStructure,
    NodePath,
    check_inputs_are_fed,
    check_unique_definitions,
)
from headrace.definitions.jobs.console_loggers import default_loggers
from headrace.definitions.jobs.executor import ExecutorDefinition, multi_or_in_process_executor
from headrace.definitions.jobs.hook import HookDefinition, checked_hooks
from headrace.definitions.jobs.logger import LoggerDefinition
from headrace.definitions.jobs.presets import checked_presets
from headrace.definitions.jobs.run_config import ResolvedRunConfig, RunConfigSchema
from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.naming import check_name
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore, partition_loading_context
from headrace.definitions.partitions.partitioned_config import PartitionedConfig
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.requirements import (
    ResourceRequirement,
    missing_resources,
    refuse_other_kinds,
    requirements_of_graph,
    requirements_of_hooks,
)
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.resources.start_order import check_no_cycle
from headrace.definitions.source import SourceLocation
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidDefinitionError, InvalidSubsetError, InvariantViolationError

_CACHED = ("all_resource_defs", "resource_requirements", "required_resource_keys", "run_config_schema", "known_specs")


class JobDefinition:
    """A graph with everything it needs to run.

    Args:
        name: Unique among the jobs of a location; the graph's name when left out.
        graph_def: The graph.
        resource_defs: Resources by name.
        executor_def: How its steps are spread over processes; that of the definitions when left out.
        logger_defs: Loggers by name.
        config: Run config to use where a run gives none, or what makes it: from other config, or for each partition.
        description: What it does; the graph's description when left out.
        tags: Shown with the job, and given to its runs unless `run_tags` is given.
        run_tags: Given to its runs.
        metadata: Shown with the job.
        op_retry_policy: For ops that have no retry policy of their own.
        asset_layer: Which assets its nodes make and read.
        input_values: Values for the inputs of the graph.
        owners: Who answers for it.
        hooks: Run after every step.
        partitions_def: The partitions that its runs are for.
        automation_condition: When a job of assets runs by itself.
        presets: Configurations to begin with where somebody launches a run by hand, by name.
    """

    def __init__(
        self,
        *,
        graph_def: GraphStructure,
        name: str | None = None,
        resource_defs: Mapping[str, Any] | None = None,
        executor_def: ExecutorDefinition | None = None,
        logger_defs: Mapping[str, Any] | None = None,
        config: ConfigMapping | Mapping[str, Any] | RunConfig | PartitionedConfig | None = None,
        description: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        op_retry_policy: RetryPolicy | None = None,
        asset_layer: AssetLayer | None = None,
        input_values: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
        hooks: Set[HookDefinition] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        automation_condition: AutomationCondition | None = None,
        presets: Mapping[str, Mapping[str, Any] | RunConfig] | None = None,
    ) -> None:
        self.name = check_name(name or graph_def.name, "A job's name")
        self.graph = graph_def
        self.description = description if description is not None else graph_def.description
        self.tags: dict[str, str] = normalize_tags({**graph_def.tags, **(tags or {})}, f"The tags of job {self.name!r}")
        self.run_tags: dict[str, str] = (
            self.tags if run_tags is None else normalize_tags(run_tags, f"The run_tags of job {self.name!r}")
        )
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self.resource_defs: dict[str, ResourceDefinition] = as_resource_definitions(resource_defs)
        check_no_cycle(self.resource_defs)
        self.logger_defs = dict(logger_defs or {})
        self.given_executor_def = executor_def
        self.op_retry_policy = op_retry_policy
        self.asset_layer = asset_layer
        self.input_values = self._checked_input_values(input_values or {})
        self.op_selection: list[str] | None = None
        self.asset_selection: Set[AssetKey] | None = None
        self.asset_check_selection: Set[AssetCheckKey] | None = None
        self.automation_condition = automation_condition
        self.owners = checked_owners(owners or (), f"Job {self.name!r}")
        self.hook_defs = checked_hooks(hooks, f"Job {self.name!r}")
        self.partitioned_config = config if isinstance(config, PartitionedConfig) else None
        self.config = None if isinstance(config, PartitionedConfig) else config
        self.presets = checked_presets(presets, f"Job {self.name!r}")
        self.partitions_def = self._checked_partitions_def(partitions_def)
        if asset_layer is None:
            check_unique_definitions(graph_def)
            check_inputs_are_fed(graph_def)
            if self.resource_defs:
                refuse_other_kinds(f"Job {self.name!r}", self.resource_requirements, self.resource_defs)
        if any(out.is_dynamic for _path, definition in graph_def.iterate_ops() for out in definition.outs.values()):
            engine().check_dynamic_outputs(graph_def)

    @property
    def source(self) -> SourceLocation:
        """Where it was written."""
        return self.graph.source

    @property
    def executor_def(self) -> ExecutorDefinition:
        """How its steps are spread over processes."""
        return self.given_executor_def or multi_or_in_process_executor

    @property
    def is_asset_job(self) -> bool:
        """Whether its nodes make assets."""
        return self.asset_layer is not None

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes at the top level."""
        return [node.merged() for node in self.graph.nodes.values()]

    @property
    def config_mapping(self) -> ConfigMapping | None:
        """What makes the config of its ops."""
        return self.config if isinstance(self.config, ConfigMapping) else self.graph.config_mapping

    @property
    def has_specified_executor(self) -> bool:
        """Whether it names its executor itself."""
        return self.given_executor_def is not None

    @property
    def has_specified_loggers(self) -> bool:
        """Whether it names its loggers itself."""
        return bool(self.logger_defs)

    @property
    def dependencies(self) -> Mapping[NodeInvocation, Mapping[str, InputDependency]]:
        """What is connected to each input of its nodes."""
        return self.graph.dependencies

    def retry_policy_of(self, path: NodePath) -> RetryPolicy | None:
        """When the op at a path is tried again: what is set for its use, for the op, or for the job, in this order."""
        node = self.graph.node_at(path)
        own = node.definition.retry_policy if isinstance(node.definition, OpDefinition) else None
        return node.retry_policy or own or self.op_retry_policy

    def tags_of(self, path: NodePath) -> dict[str, str]:
        """The tags of the op at a path: those of the graphs it is in, its definition's, those of its use."""
        tags: dict[str, str] = {}
        for depth in range(1, len(path) + 1):
            node = self.graph.node_at(path[:depth])
            tags.update({**node.definition.tags, **node.tags})
        return tags

    def hooks_of(self, path: NodePath) -> frozenset[HookDefinition]:
        """The hooks of the op at a path: the job's, those of the graphs it is in, those of its use."""
        nodes = (self.graph.node_at(path[:depth]) for depth in range(1, len(path) + 1))
        return self.hook_defs.union(*(node.hooks for node in nodes))

    def with_hooks(self, hook_defs: Set[HookDefinition]) -> JobDefinition:
        """This job with more hooks."""
        changed = self._copy()
        changed.hook_defs = self.hook_defs | checked_hooks(hook_defs, f"Job {self.name!r}")
        return changed

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuses: a job is executed, not called."""
        raise InvariantViolationError(
            f"Attempted to call job '{self.name}' directly. Jobs should be invoked by using an execution API function (e.g. "
            "`job.execute_in_process`)."
        )

    @property
    def loggers(self) -> Mapping[str, LoggerDefinition]:
        """Its loggers by name; the default ones where it has none."""
        return self.logger_defs or default_loggers()

    def with_executor_def(self, executor_def: ExecutorDefinition) -> JobDefinition:
        """This job with another executor."""
        changed = self._copy()
        changed.given_executor_def = executor_def
        return changed

    def with_logger_defs(self, logger_defs: Mapping[str, LoggerDefinition]) -> JobDefinition:
        """This job with other loggers."""
        changed = self._copy()
        changed.logger_defs = dict(logger_defs)
        return changed

    def with_metadata(self, metadata: Mapping[str, Any]) -> JobDefinition:
        """This job with other metadata."""
        changed = self._copy()
        changed.metadata = normalize_metadata(metadata)
        return changed

    def has_node_named(self, name: str) -> bool:
        """Whether there is a node of that name at the top level."""
        return self.graph.has_node_named(name)

    def has_node(self, name: str) -> bool:
        """Whether a definition of that name is used anywhere in it, inside nested graphs too."""
        return any(each.name == name for each in self.all_node_defs)

    @property
    def all_node_defs(self) -> Sequence[NodeDefinition]:
        """The definitions of all nodes, those inside nested graphs included, each once."""
        return list({node.definition.name: node.definition for _path, node in self.graph.iterate_nodes()}.values())

    def get_node_named(self, name: str) -> Node:
        """A node at the top level."""
        if name not in self.graph.nodes:
            raise InvariantViolationError(f"Job {self.name!r} has no node {name!r}.")
        return self.graph.nodes[name]

    @cached_property
    def known_specs(self) -> Mapping[AssetKey, AssetSpec]:
        """What is known about the assets that it makes or reads, those too that are passed to ops of graphs."""
        inputs = (each for _path, node in self.graph.iterate_nodes() for each in node.input_assets.values())
        return {
            **{each.key: each.spec for each in inputs if isinstance(each.spec, AssetSpec)},
            **(self.asset_layer.specs if self.asset_layer is not None else {}),
        }

    def with_input_values(self, input_values: Mapping[str, Any]) -> JobDefinition:
        """This job with values for inputs of its graph."""
        changed = self._copy()
        changed.input_values = {**self.input_values, **self._checked_input_values(input_values)}
        return changed

    def get_subset(
        self,
        op_selection: Iterable[str] | None = None,
        asset_selection: Set[AssetKey] | None = None,
        asset_check_selection: Set[AssetCheckKey] | None = None,
    ) -> JobDefinition:
        """This job with some of its ops, or some of its assets and checks, only.

        Args:
            op_selection: The ops: `op`, `*op`, `op+`, `++graph.op`; all when left out.
            asset_selection: The assets; all when nothing is selected, none when only checks are.
            asset_check_selection: The checks; those of the assets when left out.
        """
        if asset_selection is None and asset_check_selection is None:
            return self if op_selection is None else engine().subset_job(self, op_selection)
        if op_selection is not None:
            raise InvariantViolationError(
                f"Job {self.name!r}: op_selection cannot be provided along with asset_selection or asset_check_selection."
            )
        return self._with_assets(frozenset(asset_selection or ()), asset_check_selection)

    def _with_assets(self, keys: Set[AssetKey], checks: Set[AssetCheckKey] | None) -> JobDefinition:
        layer = self.asset_layer
        if layer is None or layer.narrowed is None:
            raise InvalidSubsetError(f"Job {self.name!r} makes no assets, so none can be selected.")
        unknown = sorted(key.to_user_string() for key in keys - layer.selected_keys)
        if unknown:
            raise InvalidSubsetError(
                f"Assets provided in asset_selection argument {', '.join(unknown)} do not exist in parent asset group or "
                f"job: {self.name!r} makes others."
            )
        unknown = sorted(key.to_user_string() for key in (checks or frozenset()) - layer.check_keys)
        if unknown:
            raise InvalidSubsetError(f"Job {self.name!r} makes no asset checks {', '.join(unknown)}.")
        own = {key for key in layer.check_keys if key.asset_key in keys} if checks is None else checks
        subset = self._copy()
        subset.graph, subset.asset_layer = layer.narrowed(keys, own)
        subset.asset_selection = keys
        subset.asset_check_selection = checks
        return subset

    def _copy(self) -> JobDefinition:
        changed = copy(self)
        for cached in _CACHED:
            changed.__dict__.pop(cached, None)
        return changed

    # Resources

    @cached_property
    def resource_requirements(self) -> Sequence[ResourceRequirement]:
        """What its ops, inputs and outputs need of resources, and who needs it."""
        own = requirements_of_hooks(self.hook_defs, f"job {self.name!r}", self.source)
        return [*requirements_of_graph(self.graph, self.asset_layer), *own]

    @cached_property
    def all_resource_defs(self) -> dict[str, ResourceDefinition]:
        """Its resources, with the default I/O manager where it provides none."""
        if DEFAULT_IO_MANAGER_KEY in self.resource_defs:
            return self.resource_defs
        return {DEFAULT_IO_MANAGER_KEY: engine().default_io_manager(), **self.resource_defs}

    @cached_property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that its ops, inputs and outputs need, and the ones that those need."""
        required: set[str] = set()
        waiting = [requirement.key for requirement in self.resource_requirements]
        while waiting:
            key = waiting.pop()
            if key not in required:
                required.add(key)
                if key in self.resource_defs:
                    waiting.extend(self.resource_defs[key].required_resource_keys)
        return frozenset(required)

    def with_top_level(
        self,
        resource_defs: Mapping[str, ResourceDefinition],
        executor_def: ExecutorDefinition | None = None,
        logger_defs: Mapping[str, Any] | None = None,
    ) -> JobDefinition:
        """This job with what the definitions around it provide, where it provides nothing itself."""
        resources = {**resource_defs, **self.resource_defs}
        executor = self.given_executor_def or executor_def
        loggers = self.logger_defs or dict(logger_defs or {})
        if resources == self.resource_defs and executor is self.given_executor_def and loggers == self.logger_defs:
            return self
        bound = self._copy()
        bound.resource_defs, bound.given_executor_def, bound.logger_defs = resources, executor, loggers
        return bound

    def with_resources(self, resources: Mapping[str, Any]) -> JobDefinition:
        """This job with these resources, instead of its own of the same names."""
        changed = self._copy()
        changed.resource_defs = {**self.resource_defs, **as_resource_definitions(resources)}
        return changed

    def with_top_level_resources(self, resource_defs: Mapping[str, ResourceDefinition]) -> JobDefinition:
        """This job with resources that the definitions around it provide, where it provides none of that name."""
        return self.with_top_level(resource_defs)

    def get_required_resource_defs(self) -> dict[str, ResourceDefinition]:
        """The resources that its ops, inputs and outputs need, and the ones that those need."""
        return {key: each for key, each in self.all_resource_defs.items() if key in self.required_resource_keys}

    def check_resources(self) -> None:
        """Raises an error that names every missing resource and who needs it."""
        missing_resources(f"Job {self.name!r}", self.resource_requirements, self.resource_defs)

    # Run config

    @cached_property
    def run_config_schema(self) -> RunConfigSchema:
        """What run config it takes."""
        return RunConfigSchema(
            self.name,
            self.graph,
            self.all_resource_defs,
            self.required_resource_keys,
            self.executor_def,
            {**default_loggers(), **self.logger_defs},
            frozenset(self.input_values),
            requires_inputs=self.asset_layer is None,
        )

    def run_config_for_partition_key(self, partition_key: str) -> dict[str, Any]:
        """The run config that a run of a partition gets if it is given none."""
        config = self.partitioned_config
        return {} if config is None else config.get_run_config_for_partition_key(partition_key)

    def tags_for_partition_key(self, partition_key: str) -> dict[str, str]:
        """The tags that a run of a partition gets, beside those of all runs."""
        if self.partitioned_config is not None:
            return self.partitioned_config.get_tags_for_partition_key(partition_key, self.name)
        return dict(self.partitions_def.get_tags_for_partition_key(partition_key)) if self.partitions_def else {}

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

    def complete_run_config(self, run_config: Mapping[str, Any] | RunConfig | None) -> dict[str, Any]:
        """The run config of a run: what is given, the job's own for sections that are not, or what its mapping makes."""
        given = to_run_config(run_config)
        if isinstance(self.config, ConfigMapping):
            return dict(self.config.apply(given))
        own = to_run_config(self.config)
        resources = {**(own.get("resources") or {}), **(given.get("resources") or {})}
        return {**own, **given, **({"resources": resources} if resources else {})}

    def check_run_config(self, run_config: Mapping[str, Any] | RunConfig | None = None) -> dict[str, Any]:
        """Returns complete run config with defaults filled in; raises an error that names every issue."""
        return self.run_config_schema.check(self.complete_run_config(run_config))

    def resolve_run_config(self, run_config: Mapping[str, Any] | RunConfig | None = None) -> ResolvedRunConfig:
        """Complete run config, to be read by op and resource where the code runs."""
        return self.run_config_schema.resolve(self.complete_run_config(run_config))

    # Runs

    def execute_in_process(
        self,
        run_config: Mapping[str, Any] | RunConfig | None = None,
        instance: Any = None,
        partition_key: str | None = None,
        raise_on_error: bool = True,
        op_selection: Sequence[str] | None = None,
        asset_selection: Sequence[AssetKey] | None = None,
        run_id: str | None = None,
        input_values: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
        resources: Mapping[str, object] | None = None,
    ) -> Any:
        """Runs it in this process, without any service, and returns an `ExecuteInProcessResult`.

        Args:
            run_config: The run config.
            instance: Where to record the run; nowhere when left out.
            partition_key: The partition that the run is for.
            raise_on_error: Whether an error of a step is raised, or only found in the result.
            op_selection: The ops to run; all when left out.
            asset_selection: The assets to make; all when left out.
            run_id: The run's id; a new one when left out.
            input_values: Values for the inputs of the graph.
            tags: Tags of the run.
            resources: Resources to use instead of the job's.
        """
        return engine().execute_in_process(
            self,
            run_config=run_config,
            instance=instance,
            partition_key=partition_key,
            raise_on_error=raise_on_error,
            op_selection=op_selection,
            asset_selection=asset_selection,
            run_id=run_id,
            input_values=input_values,
            tags=tags,
            resources=resources,
        )

    def _checked_partitions_def(self, given: PartitionsDefinition | None) -> PartitionsDefinition | None:
        configured = self.partitioned_config.partitions_def if self.partitioned_config is not None else None
        if given is not None and not isinstance(given, PartitionsDefinition):
            raise InvalidDefinitionError(
                f"Job {self.name!r}: partitions_def is {given!r}, which is no PartitionsDefinition."
            )
        if given is not None and configured is not None and given != configured:
            raise InvalidDefinitionError(
                f"Job {self.name!r}: Can't supply a PartitionedConfig for 'config' with a different PartitionsDefinition than supplied "
                "for 'partitions_def'."
            )
        return given or configured

    def _checked_input_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        for name in values:
            if name not in self.graph.ins:
                known = ", ".join(map(repr, self.graph.ins)) or "none"
                raise InvalidDefinitionError(
                    f"Error when constructing JobDefinition '{self.name}': Input value provided for key '{name}', but job has "
                    f"no top-level input with that name. It has: {known}."
                )
        return dict(values)

    def __repr__(self) -> str:
        return f"JobDefinition({self.name!r})"
