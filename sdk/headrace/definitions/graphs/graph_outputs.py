"""Outputs of a graph from what its function returned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headrace.definitions.graphs.composed import ComposedDynamicOutput, ComposedOutput, describe
from headrace.definitions.graphs.composition import Composition
from headrace.definitions.graphs.node import OutputMapping
from headrace.definitions.naming import listing
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT
from headrace.errors import InvalidDefinitionError


def output_mappings_of(composition: Composition, returned: Any, names: Sequence[str] | None) -> list[OutputMapping]:
    """Output mappings from what a graph function returned.

    Args:
        composition: What it recorded.
        returned: An output, several outputs as a tuple or dict, or nothing.
        names: The graph's declared outputs; None if it declares none.
    """
    if returned is None:
        if names:
            raise InvalidDefinitionError(f"{composition.title} declares {listing(names)}, but returned nothing.")
        return []
    outputs = _named_outputs(composition, returned, names)
    if names is not None and set(outputs) != set(names):
        raise InvalidDefinitionError(
            f"{composition.title} declares {listing(names)}, but returned {listing(list(outputs))}."
        )
    return [_output_mapping(composition, name, value) for name, value in outputs.items()]


def _named_outputs(composition: Composition, returned: Any, names: Sequence[str] | None) -> dict[str, Any]:
    if isinstance(returned, ComposedOutput):
        return {names[0] if names and len(names) == 1 else DEFAULT_OUTPUT: returned}
    if isinstance(returned, dict):
        return dict(returned)
    if isinstance(returned, tuple) and all(isinstance(each, ComposedOutput) for each in returned):
        if names is None:
            raise InvalidDefinitionError(
                f"{composition.title} returned {len(returned)} outputs without names; declare them with out={{...}}, or "
                "return a dict of them by name."
            )
        if len(names) == len(returned):
            return dict(zip(names, returned, strict=True))
        raise InvalidDefinitionError(
            f"{composition.title} declares {len(names)} outputs, but returned {len(returned)}."
        )
    raise InvalidDefinitionError(
        f"{composition.title} returned {describe(returned)}; return an output of a node, a tuple of them, "
        "a dict of them by output name, or nothing."
    )


def _output_mapping(composition: Composition, name: str, value: Any) -> OutputMapping:
    if not isinstance(value, ComposedOutput):
        raise InvalidDefinitionError(
            f"{composition.title} returned {describe(value)} for output {name!r}; return an output of a node."
        )
    handle = value.handle_in(composition)
    return OutputMapping(
        name, handle.node, handle.output, from_dynamic_mapping=isinstance(value, ComposedDynamicOutput)
    )
