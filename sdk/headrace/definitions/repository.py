"""`@repository`: the older container."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.definitions import Definitions
from headrace.definitions.graphs.node import NodeDefinition
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.lookups import Lookups
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sections import sections_by_name, sections_of_list
from headrace.definitions.sensors.sensor import SensorDefinition
from headrace.errors import InvalidDefinitionError


class RepositoryDefinition(Definitions):
    """`Definitions` under a name; made with `@repository`."""

    def __init__(self, name: str, description: str | None = None, **sections: Any) -> None:
        super().__init__(**sections)
        self.name = name
        self.description = description

    # These are no older names of anything here.
    get_schedule_def = Lookups.get_schedule_def
    get_sensor_def = Lookups.get_sensor_def

    def get_all_jobs(self) -> Sequence[JobDefinition]:
        """All jobs, checked: everything that they need is there, and ops and graphs have names of their own."""
        jobs = super().get_all_jobs()
        seen: dict[str, NodeDefinition] = {}
        for definition in (each for job in jobs if job.asset_layer is None for each in (job.graph, *job.all_node_defs)):
            first = seen.setdefault(definition.name, definition)
            if first is not definition and first.source != definition.source:
                raise InvalidDefinitionError(
                    f"Conflicting definitions found in repository with name '{definition.name}'. Op/Graph definition names must be "
                    f"unique within a repository. One is at {first.source}, one at {definition.source}."
                )
        return jobs

    def __call__(self) -> RepositoryDefinition:
        """Itself: older code calls what `@repository` has made."""
        return self


class RepositoryData(ABC):
    """What a `@repository` function may return to take over how its definitions are found."""

    @abstractmethod
    def get_all_jobs(self) -> Sequence[JobDefinition]:
        """All jobs."""

    def get_all_schedules(self) -> Sequence[ScheduleDefinition]:
        """All schedules."""
        return []

    def get_all_sensors(self) -> Sequence[SensorDefinition]:
        """All sensors."""
        return []

    def get_assets_defs_by_key(self) -> Mapping[AssetKey, AssetsDefinition]:
        """The definition of each asset."""
        return {}


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
        made = RepositoryDefinition(
            name or function.__name__,
            description if description is not None else function.__doc__,
            **sections_of(function(), function.__name__),
            metadata=metadata,
            executor=default_executor_def,
            loggers=default_logger_defs,
        )
        _ = made.resolved.asset_graph
        made.resolved.validate_jobs()
        made.resolved.check_automation()
        return made

    return make if definitions_fn is None else make(definitions_fn)


def sections_of(returned: Any, name: str) -> dict[str, list[Any]]:
    """What a `@repository` function returned, as `Definitions` takes it.

    Args:
        returned: A list of definitions, definitions by name in sections, or a `RepositoryData`.
        name: The function's name, for messages.
    """
    if isinstance(returned, RepositoryData):
        return {
            "assets": list({id(each): each for each in returned.get_assets_defs_by_key().values()}.values()),
            "jobs": list(returned.get_all_jobs()),
            "schedules": list(returned.get_all_schedules()),
            "sensors": list(returned.get_all_sensors()),
        }
    if isinstance(returned, Mapping):
        return sections_by_name(returned, name)
    if not isinstance(returned, (list, tuple)):
        raise InvalidDefinitionError(
            f"@repository {name!r} must return a list of definitions, a dict of them, or a RepositoryData, not {returned!r}."
        )
    return sections_of_list(_flattened(returned, name), name)


def _flattened(definitions: Iterable[Any], name: str) -> Iterator[Any]:
    """What a list holds, and what lists in it hold, as `load_assets_from_modules` returns them."""
    for each in definitions:
        inner = each if isinstance(each, (list, tuple)) else [each]
        if any(isinstance(one, (list, tuple)) for one in inner):
            raise InvalidDefinitionError(
                f"Bad return value from repository construction function {name!r}: a list in it may hold definitions, but no lists."
            )
        yield from inner
