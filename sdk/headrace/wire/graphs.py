"""The nodes of a job's graph."""

from __future__ import annotations

from headrace.api.types.v1 import job_pb2 as pb
from headrace.definitions.graphs.node import GraphInput, Node, OutputHandle, Upstream
from headrace.definitions.graphs.structure import GraphStructure
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.resources.requirements import requirements_of_op
from headrace.wire.retries import to_retry_policy
from headrace.wire.tags import to_tags

Path = tuple[str, ...]


def to_nodes(job: JobDefinition) -> list[pb.GraphNode]:
    """Writes the nodes of a job, each after those it depends on."""
    return _nodes(job, job.graph, ())


def _nodes(job: JobDefinition, graph: GraphStructure, path: Path) -> list[pb.GraphNode]:
    return [_node(job, graph, graph.nodes[name], (*path, name)) for name in graph.node_order]


def _node(job: JobDefinition, graph: GraphStructure, node: Node, path: Path) -> pb.GraphNode:
    definition = node.definition
    is_op = isinstance(definition, OpDefinition)
    return pb.GraphNode(
        name=node.name,
        definition_name=definition.name,
        description=definition.description or "",
        inputs=[
            pb.NodeInput(name=name, type=each.type.display_name, sources=_sources(graph, node.name, name))
            for name, each in definition.ins.items()
        ],
        outputs=[
            pb.NodeOutput(
                name=name,
                type=each.type.display_name,
                optional=not each.is_required,
                dynamic=each.is_dynamic,
                source=_inside(definition, name) if isinstance(definition, GraphStructure) else None,
            )
            for name, each in definition.outs.items()
        ],
        tags=to_tags({**definition.tags, **node.tags}),
        nodes=_nodes(job, definition, path) if isinstance(definition, GraphStructure) else (),
        retry_policy=to_retry_policy(job.retry_policy_of(path)) if is_op else None,
        required_resource_keys=_resource_keys(definition) if isinstance(definition, OpDefinition) else (),
        pool=(definition.pool or "") if isinstance(definition, OpDefinition) else "",
    )


def _resource_keys(op: OpDefinition) -> list[str]:
    return sorted({requirement.key for requirement in requirements_of_op(op)})


def _inside(graph: GraphStructure, name: str) -> pb.NodeOutputRef | None:
    for mapping in graph.output_mappings:
        if mapping.graph_output_name == name:
            return pb.NodeOutputRef(node=mapping.mapped_node_name, output=mapping.mapped_node_output_name)
    return None


def _sources(graph: GraphStructure, node: str, name: str) -> list[pb.NodeOutputRef]:
    upstream: Upstream | None = graph.edges.get((node, name))
    if isinstance(upstream, OutputHandle):
        return [_ref(upstream)]
    refs = [_ref(each) for each in upstream or ()]
    mapped = [
        mapping
        for mapping in graph.input_mappings
        if (mapping.mapped_node_name, mapping.mapped_node_input_name) == (node, name)
    ]
    known = {ref.output for ref in refs if not ref.node}
    refs += [pb.NodeOutputRef(output=m.graph_input_name) for m in mapped if m.graph_input_name not in known]
    return refs


def _ref(handle: OutputHandle | GraphInput) -> pb.NodeOutputRef:
    if isinstance(handle, GraphInput):
        return pb.NodeOutputRef(output=handle.name)
    return pb.NodeOutputRef(node=handle.node, output=handle.output)
