"""Graphs that users define: a structure that can become a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from copy import copy
from typing import Any

from headrace.config.mapping import ConfigMapping
from headrace.config.run_config import RunConfig
from headrace.definitions.graphs.by_hand import DependenciesByName, HandmadeGraph
from headrace.definitions.graphs.node import InputMapping, NodeDefinition, OutputMapping
from headrace.definitions.graphs.structure import GraphStructure
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.naming import check_name
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.partitions.partitioned_config import PartitionedConfig
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import InvalidDefinitionError


class GraphDefinition(GraphStructure):
    """Ops and graphs connected to each other; made with `@graph`, or by hand.

    Args:
        name: Unique among the ops and graphs of a job.
        description: What it does.
        node_defs: The ops and graphs to place.
        dependencies: What is connected to which input: by node, or by use of a definition, then by input.
        input_mappings: Which inputs of nodes get the inputs of the graph.
        output_mappings: Which outputs of nodes are the outputs of the graph.
        config: Makes the config of the nodes from config of another schema.
        tags: For executors and people; every step inside carries them.
    """

    def __init__(
        self,
        name: str,
        *,
        description: str | None = None,
        node_defs: Sequence[NodeDefinition] | None = None,
        dependencies: DependenciesByName | None = None,
        input_mappings: Sequence[InputMapping] | None = None,
        output_mappings: Sequence[OutputMapping] | None = None,
        config: ConfigMapping | None = None,
        tags: Mapping[str, Any] | None = None,
    ) -> None:
        mappings = list(input_mappings or ())
        handmade = HandmadeGraph(
            name, () if node_defs is None else node_defs, {} if dependencies is None else dependencies, mappings
        )
        super().__init__(
            name,
            nodes=handmade.nodes(),
            dependencies=handmade.edges(),
            input_mappings=mappings,
            output_mappings=output_mappings or (),
            description=description,
            tags=tags,
            config=config,
        )

    @classmethod
    def composed(cls, name: str, **structure: Any) -> GraphDefinition:
        """A graph of nodes that are placed and connected already; takes what `GraphStructure` takes."""
        graph = cls.__new__(cls)
        GraphStructure.__init__(graph, name, **structure)
        return graph

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> GraphDefinition:
        """This graph with the config of its mapping fixed, or made by a function from config of another schema.

        Args:
            config_or_config_fn: The config, or a function that takes config and returns this graph's config.
            name: The new graph's name.
            config_schema: What the function takes.
            description: What the new graph does.
        """
        if self.config_mapping is None:
            raise InvalidDefinitionError(
                "Only graphs utilizing config mapping can be pre-configured. The graph "
                f'"{self.name}" does not have a config mapping, and thus has nothing to be configured.'
            )
        configured = copy(self)
        configured.name = check_name(name or self.name, "A graph's name")
        configured.description = description if description is not None else self.description
        what = f"graph {self.name!r}"
        configured.config_mapping = self.config_mapping.configured(config_or_config_fn, config_schema, what)
        return configured

    def to_job(
        self,
        name: str | None = None,
        description: str | None = None,
        resource_defs: Mapping[str, object] | None = None,
        config: ConfigMapping | Mapping[str, Any] | RunConfig | PartitionedConfig | None = None,
        tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        logger_defs: Mapping[str, Any] | None = None,
        executor_def: ExecutorDefinition | None = None,
        op_retry_policy: RetryPolicy | None = None,
        op_selection: Sequence[str] | None = None,
        input_values: Mapping[str, object] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
        hooks: Set[HookDefinition] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        presets: Mapping[str, Mapping[str, Any] | RunConfig] | None = None,
    ) -> JobDefinition:
        """Makes a job that runs this graph.

        Args:
            name: The job's name; the graph's when left out.
            description: What it does; the graph's description when left out.
            resource_defs: Resources by name.
            config: Run config to use where a run gives none, or a mapping that makes run config.
            tags: Shown with the job, and given to its runs unless `run_tags` is given.
            metadata: Shown with the job.
            logger_defs: Loggers by name.
            executor_def: How its steps are spread over processes; that of the definitions when left out.
            op_retry_policy: For ops that have no retry policy of their own.
            op_selection: The ops that are part of the job; all when left out.
            input_values: Values for the inputs of the graph.
            run_tags: Given to its runs.
            owners: Who answers for it.
            hooks: Run after every step.
            partitions_def: The partitions that its runs are for.
            presets: Configurations to begin with where somebody launches a run by hand, by name.
        """
        return JobDefinition(
            graph_def=self,
            name=name,
            description=description,
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            metadata=metadata,
            logger_defs=logger_defs,
            executor_def=executor_def,
            op_retry_policy=op_retry_policy,
            input_values=input_values,
            run_tags=run_tags,
            owners=owners,
            hooks=hooks,
            partitions_def=partitions_def,
            presets=presets,
        ).get_subset(op_selection)

    def execute_in_process(
        self,
        run_config: Mapping[str, Any] | RunConfig | None = None,
        instance: Any = None,
        resources: Mapping[str, object] | None = None,
        raise_on_error: bool = True,
        op_selection: Sequence[str] | None = None,
        run_id: str | None = None,
        input_values: Mapping[str, object] | None = None,
    ) -> Any:
        """Runs it in this process, without any service, and returns an `ExecuteInProcessResult`.

        Args:
            run_config: The run config.
            instance: Where to record the run; nowhere when left out.
            resources: Resources by name.
            raise_on_error: Whether an error of a step is raised, or only found in the result.
            op_selection: The ops to run; all when left out.
            run_id: The run's id; a new one when left out.
            input_values: Values for the inputs of the graph.
        """
        return self.to_job(resource_defs=resources, input_values=input_values).execute_in_process(
            run_config=run_config,
            instance=instance,
            raise_on_error=raise_on_error,
            op_selection=op_selection,
            run_id=run_id,
        )
