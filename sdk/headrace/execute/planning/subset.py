"""The part of a graph that a selection leaves: what the run config must fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.definitions.graphs.node import GraphInput, Node, OutputHandle, Upstream
from headrace.definitions.graphs.structure import GraphStructure, NodePath, check_inputs_are_fed, handles_of
from headrace.errors import InvalidDefinitionError, InvalidSubsetError
from headrace.execute.planning.flatten import FanIn, Feed, OpOutput, flatten
from headrace.execute.planning.selection import steps_of_ops

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.spec import RunSpec


def selected_job(job: JobDefinition, spec: RunSpec) -> JobDefinition:
    """The job with the ops only that a run selects.

    Raises:
        InvalidSubsetError: the selection names what is not there, or leaves nothing.
    """
    chosen = spec.op_selection
    return job if chosen is None or list(chosen) == job.op_selection else subset_job_by_ops(job, chosen)


def subset_job_by_ops(job: JobDefinition, op_selection: Iterable[str]) -> JobDefinition:
    """The job with the ops only that clauses such as `op`, `*op`, `op+`, `++graph.op` select."""
    clauses = list(op_selection)
    upstream = {".".join(flat.path): set(_origins(flat.feeds.values())) for flat in flatten(job.graph)}
    chosen = steps_of_ops(clauses, upstream, job.name)
    if not chosen:
        raise InvalidSubsetError(f"No qualified ops to execute found for op_selection={clauses}")
    subset = subset_job(job, [tuple(key.split(".")) for key in chosen], strict=True)
    subset.op_selection = clauses
    try:
        check_inputs_are_fed(subset.graph)
    except InvalidDefinitionError as error:
        raise InvalidSubsetError(
            f"The attempted subset {clauses} for job {job.name!r} results in an invalid job: {error}"
        ) from error
    return subset


def _origins(feeds: Iterable[Feed]) -> Iterator[str]:
    for feed in feeds:
        if isinstance(feed, OpOutput):
            yield ".".join(feed.path)
        elif isinstance(feed, FanIn):
            yield from _origins(feed.parts)


def subset_job(job: JobDefinition, paths: Collection[NodePath], *, strict: bool = False) -> JobDefinition:
    """The job with these ops only, for checking its run config."""
    subset = copy(job)
    for cached in ("run_config_schema", "resource_requirements", "required_resource_keys", "known_specs"):
        subset.__dict__.pop(cached, None)
    subset.graph = subset_graph(job.graph, paths, strict=strict)
    return subset


def subset_graph(graph: GraphStructure, paths: Collection[NodePath], *, strict: bool = False) -> GraphStructure:
    """The graph with the ops at these paths; edges to what is gone are gone, too."""
    nodes = {
        name: _subset_node(node, paths, strict)
        for name, node in graph.nodes.items()
        if any(p[0] == name for p in paths)
    }
    return graph.subset(
        nodes=nodes,
        dependencies={
            (node, name): kept
            for (node, name), upstream in graph.edges.items()
            if node in nodes
            and name in nodes[node].definition.ins
            and (kept := _kept(upstream, nodes, strict)) is not None
        },
        input_mappings=[
            each
            for each in graph.input_mappings
            if each.mapped_node_name in nodes
            and each.mapped_node_input_name in nodes[each.mapped_node_name].definition.ins
        ],
        output_mappings=[
            each
            for each in graph.output_mappings
            if each.mapped_node_name in nodes
            and each.mapped_node_output_name in nodes[each.mapped_node_name].definition.outs
        ],
    )


def _subset_node(node: Node, paths: Collection[NodePath], strict: bool) -> Node:
    if not isinstance(node.definition, GraphStructure):
        return node
    inner = [path[1:] for path in paths if path[0] == node.name]
    return replace(node, definition=subset_graph(node.definition, inner, strict=strict))


def _kept(upstream: Upstream, nodes: Mapping[str, Node], strict: bool) -> Upstream | None:
    """What is left of what is connected to an input: of a list, the parts that are selected."""
    handles = []
    for each in handles_of(upstream):
        if each.node not in nodes:
            continue
        if each.output in nodes[each.node].definition.outs:
            handles.append(each)
        elif strict:
            raise InvalidSubsetError(
                f"Output {each.output!r} of {each.node!r} is needed, but what makes it is not selected; select it as well."
            )
    if isinstance(upstream, OutputHandle):
        return upstream if handles else None
    return [each for each in upstream if isinstance(each, GraphInput) or each in handles] or None
