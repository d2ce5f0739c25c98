"""In which order resources start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from headrace.definitions.walk import find_cycle, reachable, topological_order
from headrace.errors import CyclicDependencyError, ResourceNotProvidedError

if TYPE_CHECKING:
    from headrace.definitions.resources.resource import ResourceDefinition


def start_order(keys: Iterable[str], definitions: Mapping[str, ResourceDefinition]) -> Sequence[str]:
    """These resources and all that they require, each after what it requires itself.

    Raises:
        ResourceNotProvidedError: one of them is not defined.
        CyclicDependencyError: they require each other.
    """
    needed = {
        key: _definition(key, definitions).required_resource_keys
        for key in sorted(reachable(keys, lambda key: _definition(key, definitions).required_resource_keys))
    }
    cycle = find_cycle(needed)
    if cycle:
        raise CyclicDependencyError(f"Resources require each other: {' -> '.join(cycle)}.")
    return topological_order(needed)


def _definition(key: str, definitions: Mapping[str, ResourceDefinition]) -> ResourceDefinition:
    if key not in definitions:
        known = ", ".join(sorted(definitions)) or "none"
        raise ResourceNotProvidedError(f"Resource {key!r} is required, but not provided; provided are: {known}.")
    return definitions[key]
