"""The run config of a job: its schema, checking it, and resolving it where the code runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from headrace.config.binding import check_config
from headrace.config.fields import Field, Permissive, Shape
from headrace.config.issues import Path, Report
from headrace.config.types import ANY, String
from headrace.definitions.graphs.node import Node
from headrace.definitions.graphs.structure import GraphStructure, NodePath
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidConfigError

_LOG_LEVEL = Field(String, is_required=False)


@dataclass(frozen=True)
class RunConfigSchema:
    """What run config a job takes, and how it is checked and resolved."""

    job_name: str
    graph: GraphStructure
    resource_defs: Mapping[str, ResourceDefinition]
    required_resources: frozenset[str]
    executor_def: ExecutorDefinition
    logger_defs: Mapping[str, Any]

    @cached_property
    def field(self) -> Field:
        """The schema of the whole."""
        ops = self._ops_field(self.graph)
        shape = Shape(
            {
                "ops": ops,
                "resources": self._resources_field(),
                "execution": Field(
                    {
                        "config": Field(
                            self.executor_def.config_field.config_type, **_default(self.executor_def.config_field)
                        )
                    }
                ),
                "loggers": self._loggers_field(),
            }
        )
        return Field(shape)

    def check(self, run_config: Mapping[str, Any]) -> dict[str, Any]:
        """Returns run config with defaults filled in; raises an error that names every issue."""
        checked: dict[str, Any] = check_config(
            self.field, dict(run_config), f"The run config of job {self.job_name!r} is invalid:"
        )
        return checked

    def resolve(self, run_config: Mapping[str, Any]) -> ResolvedRunConfig:
        """Checks run config and makes it readable by op and resource; the environment is read when asked for them."""
        return ResolvedRunConfig(self, self.check(run_config))

    def _ops_field(self, graph: GraphStructure, top: bool = True) -> Field:
        fields = {name: self._node_field(graph, node, top) for name, node in graph.nodes.items()}
        return Field(Shape(fields))

    def _node_field(self, graph: GraphStructure, node: Node, top: bool) -> Field:
        definition = node.definition
        fields: dict[str, Field] = {}
        if isinstance(definition, GraphStructure):
            if definition.config_mapping is not None:
                fields["config"] = definition.config_mapping.config_schema
            else:
                fields["ops"] = self._ops_field(definition, top=False)
        elif isinstance(definition, OpDefinition):
            fields["config"] = definition.config_field
            fields["outputs"] = self._outputs_field(definition)
        inputs = _inputs_field(graph, node, top)
        if inputs is not None:
            fields["inputs"] = inputs
        return Field(Shape(fields))

    def _outputs_field(self, definition: OpDefinition) -> Field:
        fields = {}
        for name, out in definition.outs.items():
            schema = getattr(self.resource_defs.get(out.io_manager_key), "output_config_field", None)
            if schema is not None:
                fields[name] = schema
        return Field(Shape(fields)) if fields else Field(ANY, is_required=False)

    def _resources_field(self) -> Field:
        fields = {}
        for name, definition in self.resource_defs.items():
            config = definition.config_field
            required = config.is_required and name in self.required_resources
            fields[name] = Field(Shape({"config": config}), is_required=None if required else False)
        return Field(Shape(fields))

    def _loggers_field(self) -> Field:
        fields = {
            name: Field(Shape({"config": definition.config_field}), is_required=False)
            for name, definition in self.logger_defs.items()
        }
        fields.setdefault("console", Field(Shape({"config": Field(Permissive({"log_level": _LOG_LEVEL}))})))
        return Field(Shape({name: Field(field.config_type, is_required=False) for name, field in fields.items()}))


@dataclass(frozen=True)
class ResolvedRunConfig:
    """Checked run config, read by op and by resource."""

    schema: RunConfigSchema
    checked: Mapping[str, Any]

    def op_config(self, path: NodePath) -> Any:
        """The config of the op at a path, as its function sees it."""
        value, where = self._section(path)
        definition = self.schema.graph.node_at(path).definition
        if not isinstance(definition, OpDefinition):
            raise InvalidConfigError(f"{'.'.join(path)} is a graph; only ops have config of their own.")
        report = Report()
        final = definition.config_binding.finalize(value.get("config"), (*where, "config"), report)
        self._raise_for(report)
        return final

    def input_config(self, path: NodePath) -> Mapping[str, Any]:
        """What run config gives for the inputs of the node at a path."""
        section: Mapping[str, Any] = self._section(path)[0].get("inputs") or {}
        return section

    def output_config(self, path: NodePath) -> Mapping[str, Any]:
        """What run config gives for the outputs of the op at a path."""
        section: Mapping[str, Any] = self._section(path)[0].get("outputs") or {}
        return section

    def resource_config(self, name: str) -> Any:
        """The config of a resource, as its function sees it."""
        section = self.checked.get("resources", {}).get(name) or {}
        report = Report()
        binding = self.schema.resource_defs[name].config_binding
        value = section.get("config", binding.field.default_value if binding.field.default_provided else None)
        if value is None and binding.field.is_required:
            report.add(("resources", name, "config"), "required, but missing", "missing")
            self._raise_for(report)
        final = binding.finalize(value, ("resources", name, "config"), report)
        self._raise_for(report)
        return final

    @property
    def execution_config(self) -> Any:
        """The config of the executor."""
        report = Report()
        value = (self.checked.get("execution") or {}).get("config")
        final = self.schema.executor_def.config_binding.finalize(value, ("execution", "config"), report)
        self._raise_for(report)
        return final

    def logger_config(self, name: str) -> Any:
        """The config of a logger."""
        return ((self.checked.get("loggers") or {}).get(name) or {}).get("config")

    def _section(self, path: NodePath) -> tuple[Mapping[str, Any], Path]:
        """The section of a node, made by config mappings on the way where graphs have them."""
        section: Mapping[str, Any] = self.checked
        graph = self.schema.graph
        where: Path = ()
        for name in path:
            section = (section.get("ops") or {}).get(name) or {}
            where = (*where, "ops", name)
            definition = graph.nodes[name].definition
            if isinstance(definition, GraphStructure):
                graph = definition
                if graph.config_mapping is not None:
                    section = {"ops": self._mapped(graph, section.get("config"), (*where, "config"))}
        return section, where

    def _mapped(self, graph: GraphStructure, config: Any, where: Path) -> Mapping[str, Any]:
        assert graph.config_mapping is not None
        mapped = graph.config_mapping.apply(config, where)
        inner: Mapping[str, Any] = check_config(
            self.schema._ops_field(graph, top=False),
            dict(mapped),
            f"The config mapping of graph {graph.name!r} gave:",
            where,
        )
        return inner

    def _raise_for(self, report: Report) -> None:
        if report.issues:
            message = f"The run config of job {self.schema.job_name!r} is invalid:"
            raise InvalidConfigError(message, issues=tuple(report.issues))


def _default(field: Field) -> dict[str, Any]:
    return {"default_value": field.default_value} if field.default_provided else {"is_required": field.is_required}


def _inputs_field(graph: GraphStructure, node: Node, top: bool) -> Field | None:
    """Inputs that nothing is connected to can be given in run config, if their type can be written there."""
    mapped = {m.mapped_node_input_name for m in graph.input_mappings if m.mapped_node_name == node.name}
    fields = {}
    for name, each in node.definition.ins.items():
        if (node.name, name) in graph.dependencies or name in mapped or each.is_nothing:
            continue
        fields[name] = Field(ANY, is_required=False, description=each.description)
    return Field(Permissive(fields)) if fields else None
