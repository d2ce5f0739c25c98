"""Functions that make several assets and depend, by way of others, on what they make themselves.

Such a function runs several times, each time for the assets whose turn it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.walk import find_cycle
from headrace.errors import CyclicDependencyError


def taking_turns(
    chosen: Sequence[AssetsDefinition], parents: Mapping[AssetKey, Set[AssetKey]]
) -> Sequence[AssetsDefinition]:
    """The same definitions, split where one must run before and after others."""
    made_by = {key: number for number, each in enumerate(chosen) for key in each.selected_keys}
    upstream = {
        number: {made_by[above] for key in each.selected_keys for above in parents[key] if above in made_by} - {number}
        for number, each in enumerate(chosen)
    }
    if find_cycle(upstream) is None:
        return chosen
    return _split(chosen, {key: parents[key] & made_by.keys() for key in made_by})


def _split(chosen: Sequence[AssetsDefinition], parents: Mapping[AssetKey, Set[AssetKey]]) -> Sequence[AssetsDefinition]:
    turns: list[AssetsDefinition] = []
    waiting = [(each, set(each.selected_keys)) for each in chosen]
    done: set[AssetKey] = set()
    while waiting:
        ready = [(each, left, _ready(left, parents, done)) for each, left in waiting]
        whole = [(each, left) for each, left, keys in ready if keys == left]
        # A definition is split only when none can run as a whole.
        turn = whole[0] if whole else next(((e, keys) for e, _, keys in ready if keys and e.can_subset), None)
        if turn is None:
            labels = " and ".join(each.label for each, _ in waiting)
            raise CyclicDependencyError(
                f"{labels} depend on each other. Define those that can make some of their assets without the others "
                "with can_subset=True."
            )
        definition, keys = turn
        turns.append(definition.subset_for(keys))
        done |= keys
        waiting = [(each, left - keys if each is definition else left) for each, left in waiting]
        waiting = [(each, left) for each, left in waiting if left]
    return turns


def _ready(left: set[AssetKey], parents: Mapping[AssetKey, Set[AssetKey]], done: set[AssetKey]) -> set[AssetKey]:
    """Those whose upstream assets are made, or will be in the same turn."""
    ready = set(left)
    while True:
        blocked = {key for key in ready if not parents[key] <= done | ready}
        if not blocked:
            return ready
        ready -= blocked
