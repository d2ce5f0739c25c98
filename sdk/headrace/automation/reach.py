"""Whose conditions may have changed what they say when something happened to some assets and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from headrace.automation.entities import EntityKey
from headrace.automation.node_ids import parts_of
from headrace.automation.view import AssetGraphView
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.automation.operator import Operator
from headrace.definitions.checks.spec import AssetCheckKey

# These look anywhere: what they see is not told by the edges below what happened.
_FAR = frozenset({Operator.CUSTOM, Operator.ASSET_MATCHES, Operator.ANY_DOWNSTREAM_CONDITIONS})


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
        else:
            waiting.extend(view.children(key))
            waiting.extend(view.checks(key))
    return {key for key in conditions if key in below or _looks_far(conditions[key])}


def _looks_far(condition: AutomationCondition) -> bool:
    return any(part.operator in _FAR for part in parts_of(condition))
