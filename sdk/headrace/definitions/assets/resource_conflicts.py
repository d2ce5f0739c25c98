"""Refusing resources of one name that are not the same: nobody could tell which of them a run is to use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidDefinitionError, InvalidInvocationError


def refuse_conflicts_among(assets_defs: Iterable[AssetsDefinition]) -> None:
    """Refuses assets that bring different resources of one name.

    Raises:
        InvalidDefinitionError: two of them do.
    """
    owners: dict[str, AssetsDefinition] = {}
    for each in assets_defs:
        for name, definition in each.resource_defs.items():
            first = owners.setdefault(name, each)
            if first.resource_defs[name].origin is not definition.origin:
                raise InvalidDefinitionError(
                    f"Conflicting versions of resource with key {name!r} were provided to different assets. When constructing a "
                    "job, all resource definitions provided to assets must match by reference equality for a given key. "
                    f"{first.label} ({first.source}) and {each.label} ({each.source}) bring one each. Provide it once, in "
                    "Definitions(resources=...)."
                )


def refuse_conflicts_with(assets_defs: Iterable[AssetsDefinition], given: Mapping[str, ResourceDefinition]) -> None:
    """Refuses assets that bring other resources than those of the same name that are given to all.

    An I/O manager for everything that brings none is no conflict.

    Raises:
        InvalidInvocationError: one of them does.
    """
    for each in assets_defs:
        refuse_twice(
            each,
            [
                name
                for name, own in each.resource_defs.items()
                if name in given and given[name].origin is not own.origin
            ],
        )


def refuse_twice(asset: AssetsDefinition, names: Collection[str]) -> None:
    """Refuses an asset that brings resources of these names, if there are any beside the default I/O manager."""
    twice = sorted(set(names) - {DEFAULT_IO_MANAGER_KEY})
    if twice:
        raise InvalidInvocationError(
            f"{_title(asset)} has conflicting resource definitions with provided resources for the following keys: "
            f"{_listed(asset, twice)}. Either remove the existing resources from the asset or change the resource keys so that they "
            "don't overlap."
        )


def _title(asset: AssetsDefinition) -> str:
    if asset.is_external:
        return f"SourceAsset with key {', '.join(map(str, sorted(asset.keys)))}"
    return f"{type(asset).__name__} with key {', '.join(key.to_string() for key in sorted(asset.keys))}"


def _listed(asset: AssetsDefinition, names: Sequence[str]) -> str:
    return str(names) if asset.is_external else ", ".join(names)
