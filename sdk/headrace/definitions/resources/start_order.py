"""In which order resources start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Protocol

from headrace.definitions.walk import find_cycle, reachable, topological_order
from headrace.errors import ResourceCycleError, ResourceNotProvidedError


class _Requiring(Protocol):
    @property
    def required_resource_keys(self) -> frozenset[str]: ...


def start_order(
    keys: Iterable[str], definitions: Mapping[str, _Requiring], needed_by: str | None = None
) -> Sequence[str]:
    """These resources and all that they require, each after what it requires itself.

    Args:
        keys: The resources.
        definitions: The definitions by name.
        needed_by: Who needs them, for messages.

    Raises:
        ResourceNotProvidedError: one of them is not defined.
        ResourceCycleError: they require each other.
    """
    owner = f" by {needed_by}" if needed_by else ""

    def required(key: str) -> frozenset[str]:
        if key not in definitions:
            known = ", ".join(sorted(definitions)) or "none"
            raise ResourceNotProvidedError(
                f"resource with key {key!r} required{owner} was not provided; provided: {known}."
            )
        return definitions[key].required_resource_keys

    upstream = {key: required(key) for key in sorted(reachable(keys, required))}
    _refuse_cycle(upstream)
    return topological_order(upstream)


def check_no_cycle(definitions: Mapping[str, _Requiring]) -> None:
    """Refuses resources that require each other.

    Raises:
        ResourceCycleError: they do.
    """
    requiring = {key: each.required_resource_keys for key, each in definitions.items()}
    if any(requiring.values()):
        _refuse_cycle({key: required & requiring.keys() for key, required in requiring.items()})


def _refuse_cycle(upstream: Mapping[str, Set[str]]) -> None:
    cycle = find_cycle(upstream)
    if cycle:
        raise ResourceCycleError(f'Resource key "{cycle[0]}" transitively depends on itself: {" -> ".join(cycle)}.')
