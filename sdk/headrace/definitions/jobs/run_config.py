"""The run config of a job: its schema, checking it, and resolving it where the code runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from headrace.config.binding import check_config
from headrace.config.fields import Field, Noneable, Shape
from headrace.config.issues import Path, Report, at
from headrace.config.types import ANY
from headrace.definitions.graphs.node import Node, NodeDefinition
from headrace.definitions.graphs.structure import GraphStructure, NodePath
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.resources.io_manager import InputManagerDefinition, IOManagerDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import ConfigMappingError, InvalidConfigError
from headrace.undefined import UNDEFINED


@dataclass(frozen=True)
class RunConfigSchema:
    """What run config a job takes, and how it is checked and resolved."""

    job_name: str
    graph: GraphStructure
    resource_defs: Mapping[str, ResourceDefinition]
    required_resources: frozenset[str]
    executor_def: ExecutorDefinition
    logger_defs: Mapping[str, Any]
    given_inputs: frozenset[str] = frozenset()
    requires_inputs: bool = True

    @cached_property
    def field(self) -> Field:
        """The schema of the whole."""
        ops = self._root_ops()
        shape = Shape(
            {
                **self._root_inputs(),
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

    def _root_ops(self) -> Field:
        mapping = self.graph.config_mapping
        return self._ops_field(self.graph) if mapping is None else Field({"config": mapping.config_schema})

    def _root_inputs(self) -> dict[str, Field]:
        fields = {
            name: self._input_field(each)
            for name, each in self.graph.ins.items()
            if name not in self.given_inputs and not each.is_nothing
        }
        return {"inputs": Field(Shape(fields))} if fields else {}

    def check(self, run_config: Mapping[str, Any]) -> dict[str, Any]:
        """Returns run config with defaults filled in; raises an error that names every issue."""
        checked: dict[str, Any] = check_config(
            self.field, without_left_out(run_config, self.graph), f"Error in config for job {self.job_name}"
        )
        return checked

    def resolve(self, run_config: Mapping[str, Any]) -> ResolvedRunConfig:
        """Checks run config and makes it readable by op and resource; the environment is read when asked for them."""
        return ResolvedRunConfig(self, self.check(run_config), tuple(run_config.get("loggers") or ()))

    def _ops_field(self, graph: GraphStructure) -> Field:
        fields = {name: self._node_field(graph, node) for name, node in graph.nodes.items()}
        return Field(Shape(fields))

    def _node_field(self, graph: GraphStructure, node: Node) -> Field:
        definition = node.definition
        fields: dict[str, Field] = {}
        if isinstance(definition, GraphStructure):
            if definition.config_mapping is not None:
                fields["config"] = definition.config_mapping.config_schema
            else:
                fields["ops"] = self._ops_field(definition)
        elif isinstance(definition, OpDefinition):
            fields["config"] = definition.config_field
            fields["outputs"] = self._outputs_field(definition)
        inputs = self._inputs_field(graph, node)
        if inputs is not None:
            fields["inputs"] = inputs
        return Field(Shape(fields))

    def _inputs_field(self, graph: GraphStructure, node: Node) -> Field | None:
        """Inputs that nothing is connected to can be given in run config."""
        mapped = {m.mapped_node_input_name for m in graph.input_mappings if m.mapped_node_name == node.name}
        fields = {}
        for name, each in node.definition.ins.items():
            manager = self.io_field(node.definition, "inputs", name)
            if manager is not None:
                fields[name] = manager
            elif not ((node.name, name) in graph.edges or name in mapped or _is_never_config(node, name)):
                fields[name] = self._input_field(each)
        return Field(Shape(fields)) if fields else None

    def io_field(self, definition: NodeDefinition, section: str, name: str) -> Field | None:
        """What config the manager takes that loads an input or stores an output; None if it takes none.

        Args:
            definition: Of the op.
            section: `inputs` or `outputs`.
            name: The input or output.
        """
        if not isinstance(definition, OpDefinition):
            return None
        if section == "inputs":
            manager = self.resource_defs.get(definition.ins[name].input_manager_key or "")
            return manager.input_config_field if isinstance(manager, InputManagerDefinition) else None
        manager = self.resource_defs.get(definition.outs[name].io_manager_key)
        return manager.output_config_field if isinstance(manager, IOManagerDefinition) else None

    def _input_field(self, each: In) -> Field:
        field = input_field(each)
        return field if self.requires_inputs else Field(field.config_type, is_required=False)

    def _outputs_field(self, definition: OpDefinition) -> Field:
        found = {name: self.io_field(definition, "outputs", name) for name in definition.outs}
        fields = {name: field for name, field in found.items() if field is not None}
        return Field(Shape(fields)) if fields else Field(ANY, is_required=False)

    def _resources_field(self) -> Field:
        fields = {}
        for name, definition in self.resource_defs.items():
            config = definition.config_field
            unneeded = config.is_required and name not in self.required_resources
            fields[name] = Field(Shape({"config": config}), is_required=False if unneeded else None)
        return Field(Shape(fields))

    def _loggers_field(self) -> Field:
        """Loggers are used where they are named, so none is there by default."""
        shapes = {name: Shape({"config": definition.config_field}) for name, definition in self.logger_defs.items()}
        return Field(Shape({name: Field(shape, is_required=False) for name, shape in shapes.items()}))


@dataclass(frozen=True)
class ResolvedRunConfig:
    """Checked run config, read by op and by resource."""

    schema: RunConfigSchema
    checked: Mapping[str, Any]
    logger_names: Sequence[str] = ()

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

    def input_value(self, path: NodePath, name: str) -> Any:
        """What run config gives for an input of the node at a path, or of the job; `UNDEFINED` if nothing."""
        section = self.input_config(path) if path else self.checked.get("inputs") or {}
        if name not in section:
            return UNDEFINED
        graph = self.schema.graph
        each = (graph.node_at(path).definition if path else graph).ins[name]
        report = Report()
        where = (*(part for node in path for part in ("ops", node)), "inputs", name)
        value = input_field(each).config_type.resolve(section[name], where, report)
        self._raise_for(report)
        return value

    def input_config(self, path: NodePath) -> Mapping[str, Any]:
        """What run config gives for the inputs of the node at a path."""
        section: Mapping[str, Any] = self._section(path)[0].get("inputs") or {}
        return section

    def output_config(self, path: NodePath) -> Any:
        """What run config gives for the outputs of the node at a path; None if nothing."""
        return self._section(path)[0].get("outputs")

    def io_config(self, path: NodePath, section: str, name: str) -> Any:
        """What run config gives the manager that loads an input or stores an output of the op at a path; None if nothing.

        Args:
            path: Of the op.
            section: `inputs` or `outputs`.
            name: The input or output.
        """
        if path[0] not in self.checked["ops"]:
            return None  # an earlier run made what is read
        given, at = self._section(path)
        value = (given.get(section) or {}).get(name)
        field = self.schema.io_field(self.schema.graph.node_at(path).definition, section, name)
        if value is None or field is None:
            return value
        report = Report()
        resolved = field.config_type.resolve(value, (*at, section, name), report)
        self._raise_for(report)
        return resolved

    def resource_config(self, name: str) -> Any:
        """The config of a resource, as its function sees it."""
        section = self.checked.get("resources", {}).get(name) or {}
        report = Report()
        binding = self.schema.resource_defs[name].config_binding
        value = section.get("config", binding.field.default_value if binding.field.default_provided else None)
        if value is None and binding.field.is_required:
            place = ("resources", name, "config")
            report.add(place, f'Missing required config entry "config" {at(place[:-1])}.', "missing")
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
        """The config of a logger, as its function sees it."""
        value = ((self.checked.get("loggers") or {}).get(name) or {}).get("config")
        report = Report()
        final = self.schema.logger_defs[name].config_binding.finalize(value, ("loggers", name, "config"), report)
        self._raise_for(report)
        return final

    def _section(self, path: NodePath) -> tuple[Mapping[str, Any], Path]:
        """The section of a node, made by config mappings on the way where graphs have them."""
        section: Mapping[str, Any] = self.checked
        graph = self.schema.graph
        where: Path = ()
        if graph.config_mapping is not None:
            section = {"ops": self._mapped(graph, (section.get("ops") or {}).get("config"), ("ops", "config"))}
        for name in path:
            section = (section.get("ops") or {}).get(name) or {}
            where = (*where, "ops", name)
            definition = graph.nodes[name].definition
            if isinstance(definition, GraphStructure):
                graph = definition
                if graph.config_mapping is not None:
                    mapped = self._mapped(graph, section.get("config"), (*where, "config"))
                    section = {"inputs": section.get("inputs"), "ops": mapped}
        return section, where

    def _mapped(self, graph: GraphStructure, config: Any, where: Path) -> Mapping[str, Any]:
        assert graph.config_mapping is not None
        try:
            mapped = graph.config_mapping.apply(config, where)
        except ConfigMappingError as error:
            if error.user_exception is None:
                raise
            stack = ":".join(where[1:-1:2])
            raise ConfigMappingError(
                f"The config mapping function on graph '{stack.rpartition(':')[2] or graph.name}' in job "
                f"'{self.schema.job_name}' has thrown an unexpected error during its execution. The definition is instantiated at "
                f'stack "{stack or graph.name}".',
                user_exception=error.user_exception,
            ) from error.user_exception
        inner: Mapping[str, Any] = check_config(
            self.schema._ops_field(graph),
            kept_ops(mapped, graph),
            f"In job '{self.schema.job_name}', {'top level ' if graph is self.schema.graph else ''}graph '{graph.name}' has a configuration "
            "error: its config mapping gave:",
            where,
        )
        return inner

    def _raise_for(self, report: Report) -> None:
        if report.issues:
            message = f"Error in config for job {self.schema.job_name}"
            raise InvalidConfigError(message, issues=tuple(report.issues))


def _default(field: Field) -> dict[str, Any]:
    return {"default_value": field.default_value} if field.default_provided else {"is_required": field.is_required}


def _is_never_config(node: Node, name: str) -> bool:
    """Whether an input is loaded by other means than config, or carries nothing."""
    each = node.definition.ins[name]
    return each.is_nothing or each.input_manager_key is not None or name in node.input_assets


def input_field(each: In) -> Field:
    """What run config gives for an input that nothing is connected to."""
    loader = each.type.loader
    if loader is None or each.asset_key is not None or each.input_manager_key is not None:
        return Field(ANY, is_required=False, description=each.description)
    optional = each.has_default_value or isinstance(loader.schema_type, Noneable)
    return Field(loader.schema_type, is_required=False if optional else None, description=each.description)


def without_left_out(run_config: Mapping[str, Any], graph: GraphStructure) -> dict[str, Any]:
    """Run config without the sections of ops that a selection left out of the graph."""
    ops = run_config.get("ops")
    if not ops or not isinstance(ops, Mapping) or graph.config_mapping is not None:
        return dict(run_config)
    return {**run_config, "ops": kept_ops(ops, graph)}


def kept_ops(sections: Mapping[str, Any], graph: GraphStructure) -> dict[str, Any]:
    """The sections of ops that a selection did not leave out of the graph."""
    kept = {}
    for name, section in sections.items():
        if name in graph.left_out:
            continue
        inner = graph.nodes[name].definition if name in graph.nodes else None
        if isinstance(inner, GraphStructure) and isinstance(section, Mapping):
            section = without_left_out(section, inner)
        kept[name] = section
    return kept
