"""Sorting definitions of any kind into the sections of a container."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.cacheable import built
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.automation.target import job_of_graph
from headrace.definitions.deferred import DeferredJob
from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sensors.sensor import SensorDefinition
from headrace.errors import InvalidDefinitionError

SECTIONS: Mapping[str, tuple[type, ...]] = {
    "assets": (AssetsDefinition, AssetSpec),
    "jobs": (JobDefinition, UnresolvedAssetJobDefinition, GraphDefinition),
    "schedules": (ScheduleDefinition,),
    "sensors": (SensorDefinition,),
}


def sections_of_list(definitions: Iterable[Any], name: str) -> dict[str, list[Any]]:
    """Definitions of any kind by section; a bare graph becomes a job.

    Args:
        definitions: The definitions.
        name: Of the function that returned them, for messages.
    """
    sections: dict[str, list[Any]] = {section: [] for section in SECTIONS}
    for each in built(definitions):
        section = next((section for section, types in SECTIONS.items() if isinstance(each, types)), None)
        if section is None:
            expected = "assets, jobs, graphs, schedules and sensors"
            raise InvalidDefinitionError(
                f"@repository {name!r} returned {each!r}: all elements of list must be of type definition, that is {expected}."
            )
        sections[section].append(job_of_graph(each) if isinstance(each, GraphDefinition) else each)
    return sections


def sections_by_name(given: Mapping[str, Any], name: str) -> dict[str, list[Any]]:
    """Jobs, schedules and sensors by name, as a `@repository` function may return them.

    A job may be given as a function that makes it; it is called when the job is first asked for.

    Args:
        given: The names and definitions by section.
        name: Of the function that returned them, for messages.
    """
    known = [section for section in SECTIONS if section != "assets"]
    for section in given:
        if section not in known:
            raise InvalidDefinitionError(
                f"@repository {name!r} returned a section {section!r}; there are: {', '.join(known)}."
            )
    sections: dict[str, list[Any]] = {section: [] for section in SECTIONS}
    for key, each in given.get("jobs", {}).items():
        sections["jobs"].append(_job(key, each))
    for section in ("schedules", "sensors"):
        for key, each in given.get(section, {}).items():
            sections[section].append(_automation(key, each, SECTIONS[section][0]))
    return sections


def _job(key: str, given: Any) -> Any:
    if isinstance(given, GraphDefinition):
        given = job_of_graph(given)
    if isinstance(given, (JobDefinition, UnresolvedAssetJobDefinition)):
        return given
    if callable(given):
        return DeferredJob(key, given)
    raise InvalidDefinitionError(
        f"Object mapped to {key} is not an instance of JobDefinition or GraphDefinition, nor a function that makes one: "
        f"{given!r}."
    )


def _automation(key: str, given: Any, kind: type) -> Any:
    made = given() if not isinstance(given, kind) and callable(given) else given
    if not isinstance(made, kind):
        raise InvalidDefinitionError(f"Object mapped to {key} is not an instance of {kind.__name__}: {made!r}.")
    return made
