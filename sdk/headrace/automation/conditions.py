"""The conditions of the assets and checks of a graph."""

from __future__ import annotations

from headrace.automation.entities import EntityKey
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.condition import AutomationCondition


def conditions_of(
    asset_graph: AssetGraph, selection: AssetSelection, default: AutomationCondition | None = None
) -> dict[EntityKey, AutomationCondition]:
    """The conditions of the selected assets and of their checks.

    Args:
        asset_graph: All assets.
        selection: Which of them.
        default: The condition of those that have none and that code here can make.
    """
    found: dict[EntityKey, AutomationCondition] = {}
    for key in selection.resolve(asset_graph, allow_missing=True):
        condition = asset_graph.get(key).automation_condition or default
        if condition is not None and key in asset_graph.executable_keys:
            found[key] = condition
    for check in selection.resolve_checks(asset_graph, allow_missing=True):
        condition = asset_graph.check_specs[check].automation_condition or default
        if condition is not None:
            found[check] = condition
    return found
