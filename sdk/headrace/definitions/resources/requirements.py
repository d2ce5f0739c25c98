"""Which resources a graph needs, who needs them, and which of them are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headrace.definitions.graphs.node import Node
from headrace.definitions.graphs.structure import GraphStructure
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
from headrace.definitions.resources.io_manager import InputManagerDefinition, IOManagerDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.source import SourceLocation
from headrace.errors import InvalidDefinitionError, ResourceNotProvidedError

if TYPE_CHECKING:
    from headrace.definitions.assets.layer import AssetLayer


@dataclass(frozen=True)
class ResourceRequirement:
    """A resource that is needed.

    Attributes:
        key: The resource.
        needed_by: Who needs it, for messages.
        source: Where the one who needs it was written.
        kind: What it is to be.
    """

    key: str
    needed_by: str
    source: SourceLocation
    kind: str = "resource"

    @property
    def title(self) -> str:
        """What is needed, and by whom."""
        return f"{self.kind} with key {self.key!r} required by {self.needed_by}"

    @property
    def problem(self) -> str:
        """What is said where it is missing."""
        return f"{self.title} was not provided ({self.source})"

    def accepts(self, definition: ResourceDefinition) -> bool:
        """Whether a resource can be what is needed."""
        return isinstance(definition, _KINDS.get(self.kind, ResourceDefinition))


_KINDS: Mapping[str, type[ResourceDefinition]] = {
    "io manager": IOManagerDefinition,
    "input manager": InputManagerDefinition,
}


def requirements_of_graph(graph: GraphStructure, asset_layer: AssetLayer | None) -> Iterator[ResourceRequirement]:
    """What ops, inputs and outputs need."""
    for path, node in graph.iterate_nodes():
        definition = node.definition
        if isinstance(definition, OpDefinition):
            yield from _of_op(".".join(path), definition)
        yield from _of_inputs(".".join(path), node)
        yield from requirements_of_hooks(node.hooks, f"{definition.node_type} {'.'.join(path)!r}", definition.source)
    if asset_layer is not None:
        for key in set(asset_layer.keys_by_input.values()):
            name = asset_layer.io_manager_key(key)
            yield ResourceRequirement(name, f"input asset {key.to_user_string()!r}", graph.source, "io manager")


def requirements_of_op(definition: OpDefinition) -> Iterator[ResourceRequirement]:
    """What an op, its inputs and its outputs need."""
    return _of_op(definition.name, definition)


def requirements_of_hooks(
    hooks: Iterable[HookDefinition], what: str, source: SourceLocation
) -> Iterator[ResourceRequirement]:
    """What hooks need."""
    for hook in hooks:
        for key in sorted(hook.required_resource_keys):
            yield ResourceRequirement(key, f"hook {hook.name!r} of {what}", source)


def _of_op(name: str, definition: OpDefinition) -> Iterator[ResourceRequirement]:
    for key in sorted(definition.required_resource_keys):
        yield ResourceRequirement(key, f"op {name!r}", definition.source)
    for output, out in definition.outs.items():
        if not out.is_nothing:
            yield ResourceRequirement(
                out.io_manager_key, f"output {output!r} of op {name!r}", definition.source, "io manager"
            )
    for input_name, each in definition.ins.items():
        if each.input_manager_key is not None:
            yield ResourceRequirement(
                each.input_manager_key, f"input {input_name!r} of op {name!r}", definition.source, "input manager"
            )
    for each in definition.ins.values():
        loader = each.type.loader
        for key in sorted(loader.required_resource_keys() if loader is not None else ()):
            yield ResourceRequirement(key, f"the loader on type {each.type.display_name!r}", definition.source)
    for type_ in [*(each.type for each in definition.ins.values()), *(each.type for each in definition.outs.values())]:
        for key in sorted(type_.required_resource_keys):
            yield ResourceRequirement(key, f"type {type_.display_name!r} of op {name!r}", definition.source)


def _of_inputs(name: str, node: Node) -> Iterator[ResourceRequirement]:
    for input_name, asset in node.input_assets.items():
        yield ResourceRequirement(asset.io_manager_key, f"input {input_name!r} of {name!r}", node.definition.source)


def refuse_other_kinds(
    what: str, requirements: Iterable[ResourceRequirement], provided: Mapping[str, ResourceDefinition]
) -> None:
    """Raises an error that names every resource that is provided and is not what is needed."""
    problems = [
        f"{each.title}, but received {type(provided[each.key])} ({provided[each.key].source})"
        for each in requirements
        if each.key in provided and not each.accepts(provided[each.key])
    ]
    if problems:
        raise InvalidDefinitionError(f"{what}: {'; '.join(dict.fromkeys(problems))}.")


def missing_resources(
    what: str, requirements: Iterable[ResourceRequirement], provided: Mapping[str, ResourceDefinition]
) -> None:
    """Raises an error that names every resource that is needed and not provided."""
    requirements = list(requirements)
    refuse_other_kinds(what, requirements, provided)
    problems = {}
    for requirement in requirements:
        if requirement.key not in provided and requirement.key != DEFAULT_IO_MANAGER_KEY:
            problems[requirement.key, requirement.needed_by] = requirement.problem
    for key, definition in provided.items():
        for inner in sorted(definition.required_resource_keys - provided.keys()):
            problems[inner, key] = ResourceRequirement(inner, f"resource with key {key!r}", definition.source).problem
    if problems:
        known = ", ".join(sorted(provided)) or "none"
        raise ResourceNotProvidedError(f"{what}: {'; '.join(problems.values())}; provided: {known}.")
