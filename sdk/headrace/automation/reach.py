"""What conditions look at, and whose may say something else when something happened to some assets and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from headrace.automation.entities import EntityKey, asset_of
from headrace.automation.node_ids import parts_of
from headrace.automation.view import AssetGraphView
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.automation.operator import Operator
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.jobs.job_key import AssetJobKey

# These look anywhere: what they see is not told by the edges below what happened.
_FAR = frozenset({Operator.CUSTOM, Operator.ASSET_MATCHES, Operator.ANY_DOWNSTREAM_CONDITIONS})
_ANYWHERE = _FAR - {Operator.ASSET_MATCHES}


def reached(
    view: AssetGraphView, conditions: Mapping[EntityKey, AutomationCondition], changed: Iterable[EntityKey]
) -> Set[EntityKey]:
    """Those of some assets and checks to which something happened, of those downstream, and of those that look anywhere."""
    below: set[EntityKey] = set()
    waiting: list[EntityKey] = list(changed)
    while waiting:
        key = waiting.pop()
        if key in below:
            continue
        below.add(key)
        if isinstance(key, AssetCheckKey):
            # The asset and what is made from it may ask for the verdict.
            waiting.append(key.asset_key)
        elif isinstance(key, AssetKey):
            waiting.extend(each.key for each in view.jobs.values() if key in each.roots)
            waiting.extend(view.children(key))
            waiting.extend(view.checks(key))
    return {key for key in conditions if key in below or _looks_far(conditions[key])}


def _looks_far(condition: AutomationCondition) -> bool:
    return any(part.operator in _FAR for part in parts_of(condition))


def watched(view: AssetGraphView, conditions: Mapping[EntityKey, AutomationCondition]) -> Set[AssetKey] | None:
    """The assets that conditions look at, with their checks; None if they may look at any."""
    found: set[AssetKey] = set()
    for key, condition in conditions.items():
        parts = list(parts_of(condition))
        if any(part.operator in _ANYWHERE for part in parts):
            return None
        depth = _depth(condition)
        # A job looks at the assets with which it begins.
        asked = view.parents(key) if isinstance(key, AssetJobKey) else [key]
        starts: list[EntityKey] = [*asked, *(part.key for part in parts if part.key is not None)]
        for start in starts:
            found |= _above(view, start, depth)
    return found


def _depth(condition: AutomationCondition) -> int:
    """How many steps upstream a condition looks."""
    below = max(map(_depth, condition.operands), default=0)
    return below + (condition.operator in (Operator.ANY_DEPS_MATCH, Operator.ALL_DEPS_MATCH))


def _above(view: AssetGraphView, key: EntityKey, depth: int) -> Set[AssetKey]:
    asset = asset_of(key)
    found: set[AssetKey] = set() if asset is None else {asset}
    level: set[AssetKey] = set(view.parents(key)) if depth else set()
    for _ in range(depth):
        found |= level
        level = {parent for each in level for parent in view.parents(each)} - found
    return found
