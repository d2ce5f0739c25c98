"""Which assets somebody means who names and selects some."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from headrace.errors import AssetNotFoundError, InvalidSubsetError
from headrace.suggestions import did_you_mean

if TYPE_CHECKING:
    from headrace.client import AssetRecord
    from headrace.definitions.assets.asset_graph import AssetGraph
    from headrace_codeloc.code.location import LoadedLocation


def chosen_in_code(
    location: LoadedLocation, assets: Sequence[str], selections: Sequence[str]
) -> tuple[str, ...] | None:
    """Returns the keys of assets of code that is here; None for all."""
    graph = location.definitions.resolved.asset_graph
    known = {key.to_user_string() for key in graph.keys}
    for each in assets:
        if each not in known:
            raise AssetNotFoundError(f"there is no asset {each!r}{did_you_mean(each, known)}")
    if not (assets or selections):
        return None
    return _found({*assets, *_selected(graph, selections, include_sources=False)}, selections)


def chosen_in_deployment(
    records: Sequence[AssetRecord], assets: Sequence[str], selections: Sequence[str], location_name: str = ""
) -> tuple[str, ...]:
    """Returns the keys of assets that a deployment knows of; those that nobody can materialize are left out.

    Args:
        records: The assets of the deployment; the selections may reach from one location into another.
        assets: Keys.
        selections: Selections, of which at least one is given.
        location_name: Only what is of this location is meant; empty for any.
    """
    executable = {each.key for each in records if each.executable and location_name in ("", each.location_name)}
    selected = executable.intersection(_selected(_graph_of(records), selections, include_sources=True))
    return _found({*assets, *selected}, selections)


def _selected(graph: AssetGraph, selections: Iterable[str], *, include_sources: bool) -> set[str]:
    from headrace.definitions.assets.selection import AssetSelection

    chosen = (AssetSelection.from_string(each, include_sources=include_sources) for each in selections)
    return {key.to_user_string() for each in chosen for key in each.resolve(graph)}


def _found(keys: set[str], selections: Sequence[str]) -> tuple[str, ...]:
    if not keys:
        raise InvalidSubsetError(f"no asset is selected by {', '.join(map(repr, selections))}")
    return tuple(sorted(keys))


def _graph_of(records: Iterable[AssetRecord]) -> AssetGraph:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.spec import AssetSpec
    from headrace.definitions.definitions import Definitions

    specs = [
        AssetSpec(
            AssetKey.from_user_string(each.key),
            deps=[AssetKey.from_user_string(parent) for parent in each.dependencies],
            group_name=each.group_name or None,
            tags=dict(each.tags),
            kinds=set(each.kinds),
            owners=each.owners,
        )
        for each in records
    ]
    return Definitions(assets=specs).resolve_asset_graph()
