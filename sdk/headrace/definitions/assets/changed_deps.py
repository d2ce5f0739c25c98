"""Inputs that follow when what assets depend on is changed."""

from __future__ import annotations

from collections.abc import Mapping, Set

from headrace.definitions.assets.inputs import add_order_inputs
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.graphs.structure import GraphStructure
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.op import OpDefinition
from headrace.errors import InvalidDefinitionError


def following_inputs(
    node_def: OpDefinition | GraphStructure, inputs: Mapping[str, AssetKey], wanted: Set[AssetKey], what: str
) -> tuple[OpDefinition | GraphStructure, dict[str, AssetKey]]:
    """The op with an input of type Nothing for every other asset that it has to come after, and what each input reads.

    Args:
        node_def: What makes the assets.
        inputs: The asset that each input reads.
        wanted: The assets upstream, those included that are made along.
        what: What to call the assets in messages.

    Raises:
        InvalidDefinitionError: an asset upstream is loaded as an input, or a graph cannot take another input.
    """
    dropped = {name for name, key in inputs.items() if key not in wanted}
    loaded = sorted(name for name in dropped if not node_def.ins[name].is_nothing)
    added = sorted(wanted - set(inputs.values()))
    if loaded:
        raise InvalidDefinitionError(
            f"{what}: the dependency on {inputs[loaded[0]].to_user_string()!r} cannot be taken away, as its value is the "
            f"input {loaded[0]!r}."
        )
    if not added and not dropped:
        return node_def, dict(inputs)
    if not isinstance(node_def, OpDefinition):
        raise InvalidDefinitionError(
            f"{what}: the dependencies of assets that a graph makes are the inputs of the graph, and cannot be changed."
        )
    ins: dict[str, In] = {name: each for name, each in node_def.ins.items() if name not in dropped}
    keys = {name: key for name, key in inputs.items() if name not in dropped}
    add_order_inputs(added, ins, keys)
    return node_def.with_ins(ins), keys
