"""In which order conditions are evaluated, and what can only be made together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from headrace.automation.entities import EntityKey, order_of
from headrace.automation.view import AssetGraphView
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.jobs.job_key import AssetJobKey


def in_order(view: AssetGraphView, keys: Iterable[EntityKey]) -> Sequence[EntityKey]:
    """Assets after those upstream of them, checks after the assets that they look at, jobs after all assets."""
    ranks = {key: rank for rank, key in enumerate(view.asset_graph.topological_keys)}
    return sorted(keys, key=lambda key: (_rank(view, key, ranks), isinstance(key, AssetCheckKey), order_of(key)))


def made_together(view: AssetGraphView, key: EntityKey) -> Sequence[EntityKey]:
    """The asset or check, what cannot be made without it, and the checks that run along with an asset."""
    graph = view.asset_graph
    if isinstance(key, AssetJobKey):
        return [key]
    if isinstance(key, AssetCheckKey):
        owner = graph.checks_def_for(key)
        if owner.can_subset or not owner.specs_by_key:
            return [key]
    else:
        owner = graph.assets_def_for(key)
    assets: set[AssetKey] = {key} if isinstance(key, AssetKey) else set()
    if not owner.can_subset:
        assets |= set(owner.keys)
    partitions_def = view.partitions_def(key)
    same = sorted(each for each in assets if each == key or view.partitions_def(each) == partitions_def)
    checks = [check for asset in same for check in view.checks(asset) if _runs_along(view, check, asset)]
    return [*same, *([key] if isinstance(key, AssetCheckKey) and key not in checks else []), *checks]


def _runs_along(view: AssetGraphView, check: AssetCheckKey, asset: AssetKey) -> bool:
    """Whether a check runs whenever its asset is made: unless it has a condition of its own and code of its own."""
    if view.partitions_def(check) != view.partitions_def(asset):
        return False
    owner = view.asset_graph.checks_def_for(check)
    conditioned = view.asset_graph.check_specs[check].automation_condition is not None
    return not conditioned or (bool(owner.specs_by_key) and not owner.can_subset)


def _rank(view: AssetGraphView, key: EntityKey, ranks: Mapping[AssetKey, int]) -> int:
    if isinstance(key, AssetKey):
        return ranks.get(key, 0)
    if isinstance(key, AssetJobKey):
        return len(ranks)
    return max((ranks.get(parent, 0) for parent in view.parents(key)), default=0)
