"""The sensor of the automation conditions that no other sensor evaluates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.condition_sensor import AutomationConditionSensorDefinition
from headrace.definitions.jobs.job_key import AssetJobKey
from headrace.definitions.sensors.sensor import SensorDefinition

DEFAULT_AUTOMATION_SENSOR = "default_automation_condition_sensor"


def with_default_sensor(
    assets: Sequence[AssetsDefinition], jobs: Iterable[object], sensors: Sequence[SensorDefinition]
) -> Sequence[SensorDefinition]:
    """The sensors, and one more for conditions of assets and jobs that are no target of theirs."""
    if any(each.name == DEFAULT_AUTOMATION_SENSOR for each in sensors):
        return sensors
    others = [each for each in sensors if isinstance(each, AutomationConditionSensorDefinition)]
    keys = {
        AssetJobKey(each.name)
        for each in jobs
        if isinstance(each, UnresolvedAssetJobDefinition) and each.automation_condition is not None
    }.difference(*(each.asset_job_keys for each in others))
    rest = AssetSelection.all(include_sources=True)
    for each in others:
        rest = rest - each.asset_selection
    has_conditions = any(map(_has_condition, assets))
    if has_conditions and others:
        has_conditions = _leaves_conditions(AssetGraph(assets), rest)
    if not has_conditions and not keys:
        return sensors
    return [*sensors, AutomationConditionSensorDefinition(DEFAULT_AUTOMATION_SENSOR, target=rest, asset_job_keys=keys)]


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
