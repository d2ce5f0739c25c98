"""Finding definitions in a module: one `Definitions` or function that makes them, or loose jobs, assets, schedules and sensors."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.definitions import Definitions
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.lazy import LazyDefinitions
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sensors.sensor import SensorDefinition
from headrace.errors import InvalidDefinitionError
from headrace_codeloc.options import CodeSource

_LOOSE: Mapping[str, tuple[type, ...]] = {
    "assets": (AssetsDefinition, AssetSpec),
    "jobs": (JobDefinition, UnresolvedAssetJobDefinition),
    "schedules": (ScheduleDefinition,),
    "sensors": (SensorDefinition,),
}


def find_definitions(module: ModuleType, source: CodeSource) -> Definitions:
    """Returns what a module defines.

    Raises:
        InvalidDefinitionError: it defines nothing, or several `Definitions`, or no such attribute.
    """
    if source.attribute:
        return _of_attribute(module, source)
    found = {
        id(value): (name, value)
        for name, value in vars(module).items()
        if isinstance(value, Definitions | LazyDefinitions)
    }
    if len(found) > 1:
        names = ", ".join(sorted(name for name, _ in found.values()))
        raise InvalidDefinitionError(
            f"{source} has several Definitions: {names}. Say which one is meant with --attribute, "
            "or make one of them with Definitions.merge."
        )
    if found:
        _, value = next(iter(found.values()))
        return value() if isinstance(value, LazyDefinitions) else value
    return _of_loose(module, source)


def _of_attribute(module: ModuleType, source: CodeSource) -> Definitions:
    try:
        value = getattr(module, source.attribute)
    except AttributeError:
        raise InvalidDefinitionError(f"{source} has no attribute {source.attribute!r}") from None
    if callable(value) and not isinstance(value, Definitions):
        value = value()
    if not isinstance(value, Definitions):
        raise InvalidDefinitionError(
            f"{source.attribute!r} in {source} is a {type(value).__name__}; "
            "--attribute names a Definitions, or a function that returns one"
        )
    return value


def _of_loose(module: ModuleType, source: CodeSource) -> Definitions:
    # A definition may have several names in a module.
    values: list[Any] = list({id(value): value for value in vars(module).values()}.values())
    sections: dict[str, Any] = {
        name: [each for each in values if isinstance(each, types)] for name, types in _LOOSE.items()
    }
    if not any(sections.values()):
        raise InvalidDefinitionError(
            f"{source} defines nothing: expected a Definitions, or jobs, assets, schedules or sensors at its top level"
        )
    return Definitions(**sections)
