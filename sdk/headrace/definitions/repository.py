"""`@repository`: the older container."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, overload

from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.definitions import Definitions
from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sensors.sensor import SensorDefinition
from headrace.errors import InvalidDefinitionError

_SECTIONS: Mapping[str, tuple[type, ...]] = {
    "assets": (AssetsDefinition, AssetSpec),
    "jobs": (JobDefinition, UnresolvedAssetJobDefinition, GraphDefinition),
    "schedules": (ScheduleDefinition,),
    "sensors": (SensorDefinition,),
}


class RepositoryDefinition(Definitions):
    """`Definitions` under a name; made with `@repository`."""

    def __init__(self, name: str, description: str | None = None, **sections: Any) -> None:
        super().__init__(**sections)
        self.name = name
        self.description = description


@overload
def repository(definitions_fn: Callable[[], Any]) -> RepositoryDefinition: ...


@overload
def repository(
    *,
    name: str | None = ...,
    description: str | None = ...,
    metadata: Mapping[str, Any] | None = ...,
    default_executor_def: ExecutorDefinition | None = ...,
    default_logger_defs: Mapping[str, Any] | None = ...,
) -> Callable[[Callable[[], Any]], RepositoryDefinition]: ...


def repository(
    definitions_fn: Callable[[], Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    default_executor_def: ExecutorDefinition | None = None,
    default_logger_defs: Mapping[str, Any] | None = None,
) -> RepositoryDefinition | Callable[[Callable[[], Any]], RepositoryDefinition]:
    """Makes a container of a function that returns a list of definitions of any kind.

    Args:
        definitions_fn: The function, when the decorator is used without arguments.
        name: The container's name; the function's when left out.
        description: What it holds; the function's docstring when left out.
        metadata: Shown with it.
        default_executor_def: The executor of jobs that name none.
        default_logger_defs: Loggers by name, of jobs that name none.
    """

    def make(function: Callable[[], Any]) -> RepositoryDefinition:
        return RepositoryDefinition(
            name or function.__name__,
            description if description is not None else function.__doc__,
            **_by_section(function(), function.__name__),
            metadata=metadata,
            executor=default_executor_def,
            loggers=default_logger_defs,
        )

    return make if definitions_fn is None else make(definitions_fn)


def _by_section(definitions: Any, name: str) -> dict[str, list[Any]]:
    if not isinstance(definitions, Iterable):
        raise InvalidDefinitionError(f"@repository {name!r} must return a list of definitions, not {definitions!r}.")
    sections: dict[str, list[Any]] = {section: [] for section in _SECTIONS}
    for each in _flattened(definitions):
        section = next((section for section, types in _SECTIONS.items() if isinstance(each, types)), None)
        if section is None:
            raise InvalidDefinitionError(f"@repository {name!r} returned {each!r}, which is no definition.")
        sections[section].append(each.to_job() if isinstance(each, GraphDefinition) else each)
    return sections


def _flattened(definitions: Iterable[Any]) -> Iterable[Any]:
    for each in definitions:
        if isinstance(each, (list, tuple)):
            yield from each
        else:
            yield each
