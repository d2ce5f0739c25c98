"""What dynamic outputs must not be connected to, told when a job is defined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from headrace.definitions.graphs.structure import GraphStructure, NodePath
from headrace.definitions.walk import topological_order
from headrace.errors import InvalidDefinitionError
from headrace.execute.planning.flatten import FanIn, Feed, FlatOp, OpOutput, flatten

Origin = tuple[NodePath, str]


def check_dynamic_outputs(graph: GraphStructure) -> None:
    """Refuses ops that would run for each value of two dynamic outputs, and lists of values that are yet to come.

    Raises:
        InvalidDefinitionError: there is such an op.
    """
    ops = {flat.path: flat for flat in flatten(graph)}
    if not any(out.is_dynamic for flat in ops.values() for out in flat.op.outs.values()):
        return
    origins: dict[NodePath, Origin | None] = {}
    for path in topological_order({path: {part.path for part in _parts(flat)} for path, flat in ops.items()}):
        try:
            origins[path] = _origin_of(ops[path], ops, origins)
        except _SeveralError as error:
            raise InvalidDefinitionError(_about_several(graph, path, error.origins)) from None


def _origin_of(
    flat: FlatOp, ops: Mapping[NodePath, FlatOp], origins: Mapping[NodePath, Origin | None]
) -> Origin | None:
    """The dynamic output that an op runs for each value of."""
    mapped: dict[Origin, None] = {}
    collected: set[Origin] = set()
    for name, feed in flat.feeds.items():
        for part in _outputs(feed):
            origin = _source(flat, part, ops, origins)
            if origin is None:
                continue
            if part.collected:
                if origin in mapped:
                    raise InvalidDefinitionError(
                        f'{_path(flat.path)!r} cannot both collect over dynamic output "{_named(origin)}" and be downstream of it.'
                    )
                collected.add(origin)
            elif isinstance(feed, FanIn):
                raise InvalidDefinitionError(
                    f'Problematic dependency on dynamic output "{_named(origin)}": input {name!r} of {_path(flat.path)!r} is a '
                    "list, which would hold its values; take all of them with .collect()."
                )
            else:
                mapped[origin] = None
    if len(mapped) > 1:
        raise _SeveralError(list(mapped))
    for origin in collected & mapped.keys():
        raise InvalidDefinitionError(
            f'{_path(flat.path)!r} cannot be both downstream of dynamic output "{_named(origin)}" and collect over it.'
        )
    return next(iter(mapped), None)


def _source(
    flat: FlatOp, part: OpOutput, ops: Mapping[NodePath, FlatOp], origins: Mapping[NodePath, Origin | None]
) -> Origin | None:
    outer = origins.get(part.path)
    if not ops[part.path].op.outs[part.output].is_dynamic:
        return outer
    own = (part.path, part.output)
    if outer is not None:
        raise _SeveralError([outer, own])
    return own


class _SeveralError(Exception):
    """An op is downstream of more than one dynamic output."""

    def __init__(self, origins: Sequence[Origin]) -> None:
        super().__init__()
        self.origins = origins


def _about_several(graph: GraphStructure, path: NodePath, several: Sequence[Origin]) -> str:
    said = (
        f"{_path(path)!r} cannot be downstream of more than one dynamic output. It is downstream of "
        f"{' and '.join(map(_named, several))}. Collect the first one before the next: op(outputs.collect())."
    )
    outside = [each for each in several if each[0][0] != path[0]]
    names = list(graph.node_at(path[:1]).definition.ins)
    if len(path) == 1 or not outside or not names:
        return said
    return (
        f'{path[0]!r} cannot be downstream of dynamic output "{_named(outside[0])}" since input "{names[0]}" maps to a node that '
        f"is already downstream of another dynamic output. {said}"
    )


def _parts(flat: FlatOp) -> Iterator[OpOutput]:
    for feed in flat.feeds.values():
        yield from _outputs(feed)


def _outputs(feed: Feed) -> Iterator[OpOutput]:
    if isinstance(feed, OpOutput):
        yield feed
    elif isinstance(feed, FanIn):
        for part in feed.parts:
            yield from _outputs(part)


def _named(origin: Origin) -> str:
    return f"{_path(origin[0])}:{origin[1]}"


def _path(path: NodePath) -> str:
    return ".".join(path)
