"""The `@graph` decorator, and how a graph function becomes a graph."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Any, overload

from headrace.config.fields import Field
from headrace.config.mapping import ConfigMapping
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.graphs.composed import ComposedInput
from headrace.definitions.graphs.composition import composing
from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.graphs.graph_outputs import output_mappings_of
from headrace.definitions.graphs.structure import check_unique_definitions
from headrace.definitions.ops.inputs import GraphIn
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT, GraphOut
from headrace.definitions.ops.signature import signature_of
from headrace.definitions.source import source_of
from headrace.errors import InvalidDefinitionError
from headrace.undefined import UNDEFINED


@overload
def graph(compose_fn: Callable[..., Any]) -> GraphDefinition: ...


@overload
def graph(
    *,
    name: str | None = ...,
    description: str | None = ...,
    input_defs: Any = ...,
    output_defs: Any = ...,
    ins: Mapping[str, GraphIn] | None = ...,
    out: GraphOut | Mapping[str, GraphOut] | None = ...,
    tags: Mapping[str, Any] | None = ...,
    config: ConfigMapping | Mapping[str, Any] | None = ...,
) -> Callable[[Callable[..., Any]], GraphDefinition]: ...


def graph(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
    **_older: Any,
) -> GraphDefinition | Callable[[Callable[..., Any]], GraphDefinition]:
    """Makes a graph of a function that calls ops and graphs; the function runs once, now, with placeholders.

    Args:
        compose_fn: The function, when the decorator is used without arguments.
        name: The graph's name; the function's when left out.
        description: What it does; the function's docstring when left out.
        ins: More about the inputs, which are the function's parameters.
        out: The output, or several by name in the order in which the function returns them.
        tags: For executors and people; every step inside carries them.
        config: Makes the config of the nodes from config of another schema.
    """

    def make(function: Callable[..., Any]) -> GraphDefinition:
        return compose_graph(function, name=name, description=description, ins=ins, out=out, tags=tags, config=config)

    return make if compose_fn is None else make(compose_fn)


def compose_graph(
    function: Callable[..., Any],
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
    node_type: str = "graph",
) -> GraphDefinition:
    """Runs a graph function and returns the graph that it composed."""
    graph_name = name or function.__name__
    outs = {DEFAULT_OUTPUT: out} if isinstance(out, GraphOut) else out
    signature = signature_of(function, allow_config=False)
    names = _parameters_of(function)
    undeclared = [name for name in ins or {} if name not in names]
    if undeclared and not signature.takes_any:
        raise InvalidDefinitionError(
            f"'{function.__name__}' decorated function does not have argument(s) {', '.join(map(repr, undeclared))}, which "
            "`ins` names."
        )
    names += undeclared
    with composing(graph_name, node_type) as composition:
        returned = function(**{parameter: ComposedInput(composition, parameter) for parameter in names})
        if node_type == "job" and isinstance(returned, tuple):
            # Nobody takes outputs from a job, so there is no need of names for them.
            returned = None
        output_mappings = output_mappings_of(composition, returned, None if outs is None else list(outs))
    composition.warn_of_pending()
    unused = set(names) - {mapping.graph_input_name for mapping in composition.input_mappings}
    if unused:
        raise InvalidDefinitionError(
            f"{composition.title} has unmapped input {', '.join(sorted(map(repr, unused)))}: pass it to an op or a graph inside, "
            "or drop the parameter."
        )
    composed = GraphDefinition.composed(
        graph_name,
        nodes=composition.nodes,
        dependencies=composition.dependencies,
        input_mappings=sorted(composition.input_mappings, key=lambda each: names.index(each.graph_input_name)),
        output_mappings=output_mappings,
        description=description if description is not None else docstring_of(function),
        tags=tags,
        config=_config_mapping(config),
        input_types={
            each.name: each.annotation for each in signature.inputs if each.annotation not in (UNDEFINED, Any)
        },
        ins=ins,
        outs=outs,
        source=source_of(function),
    )
    check_unique_definitions(composed)
    composed.composition_fn = function
    update_wrapper(composed, function, updated=())
    return composed


def _parameters_of(function: Callable[..., Any]) -> list[str]:
    """The inputs: all parameters, whatever they are called, as a graph has no context."""
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [name for name, each in inspect.signature(function).parameters.items() if each.kind not in variable]


def _config_mapping(config: ConfigMapping | Mapping[str, Any] | None) -> ConfigMapping | None:
    """A mapping that ignores what it gets, where the config of the nodes is given as such."""
    if config is None or isinstance(config, ConfigMapping):
        return config
    return ConfigMapping(lambda _given: config, config_schema=Field({}, is_required=False))
