"""The sensor of the automation conditions that no other sensor evaluates."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.condition_sensor import AutomationConditionSensorDefinition
from headrace.definitions.sensors.sensor import SensorDefinition

DEFAULT_AUTOMATION_SENSOR = "default_automation_condition_sensor"


def with_default_sensor(
    assets: Sequence[AssetsDefinition], sensors: Sequence[SensorDefinition]
) -> Sequence[SensorDefinition]:
    """The sensors, and one more for conditions of assets that are no target of theirs."""
    if not any(_has_condition(each) for each in assets) or any(
        each.name == DEFAULT_AUTOMATION_SENSOR for each in sensors
    ):
        return sensors
    rest = AssetSelection.all(include_sources=True)
    others = [each for each in sensors if isinstance(each, AutomationConditionSensorDefinition)]
    for each in others:
        rest = rest - each.asset_selection
    if others and not _leaves_conditions(AssetGraph(assets), rest):
        return sensors
    return [*sensors, AutomationConditionSensorDefinition(DEFAULT_AUTOMATION_SENSOR, target=rest)]


def _has_condition(assets_def: AssetsDefinition) -> bool:
    return any(spec.automation_condition is not None for spec in assets_def.specs) or any(
        spec.automation_condition is not None for spec in assets_def.check_specs
    )


def _leaves_conditions(graph: AssetGraph, rest: AssetSelection) -> bool:
    assets = rest.resolve(graph, allow_missing=True)
    checks = rest.resolve_checks(graph, allow_missing=True)
    return any(graph.get(key).automation_condition is not None for key in assets) or any(
        graph.check_specs[key].automation_condition is not None for key in checks
    )
