"""Giving resources to definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from headrace.config.run_config import to_plain
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.resource_conflicts import refuse_twice
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.requirements import missing_resources
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.resources.start_order import start_order
from headrace.definitions.walk import reachable
from headrace.errors import InvalidConfigError, InvalidInvocationError

T = TypeVar("T")


class BindResourcesToJobs(list[Any]):
    """A list of jobs; older code wraps `Definitions(jobs=...)` in it, which is not needed."""


def with_resources(
    definitions: Iterable[T],
    resource_defs: Mapping[str, object],
    resource_config_by_key: Mapping[str, Any] | None = None,
) -> Sequence[T]:
    """The same definitions, with resources where they bring none of that name themselves.

    Args:
        definitions: Assets and jobs; whatever takes no resources is passed on as it is.
        resource_defs: Resources by name.
        resource_config_by_key: Their config, each under `config` as in run config.
    """
    resources = as_resource_definitions(resource_defs)
    given = resource_config_by_key or {}
    resources = {key: _configured(key, each, given[key]) if key in given else each for key, each in resources.items()}
    return [_bound(each, resources) for each in definitions]


def _configured(key: str, definition: ResourceDefinition, section: Any) -> ResourceDefinition:
    if not isinstance(section, Mapping) or "config" not in section:
        raise InvalidInvocationError(
            f"Error with config for resource key {key!r}: it stands under 'config', as in {{{key!r}: {{'config': ...}}}}; got "
            f"{section!r}."
        )
    try:
        return definition.configured(to_plain(section["config"]))
    except InvalidConfigError as error:
        message = f"Error when applying config for resource with key {key!r}:"
        raise InvalidConfigError(message, issues=error.issues) from error


def _bound(definition: Any, resources: Mapping[str, ResourceDefinition]) -> Any:
    if isinstance(definition, AssetsDefinition):
        return _bound_asset(definition, resources)
    return definition.with_top_level(resources) if isinstance(definition, JobDefinition) else definition


def _bound_asset(asset: AssetsDefinition, resources: Mapping[str, ResourceDefinition]) -> AssetsDefinition:
    """The asset with those resources that it needs, and what those need."""
    refuse_twice(asset, asset.resource_defs.keys() & resources.keys())
    provided = {**resources, **asset.resource_defs}
    requirements = list(asset.resource_requirements())
    wanted = {each.key for each in requirements} | asset.resource_defs.keys()
    needed = reachable(
        (key for key in wanted if key in provided),
        lambda key: [each for each in provided[key].required_resource_keys if each in provided],
    )
    missing_resources(f"{asset.label} ({asset.source})", requirements, {key: provided[key] for key in needed})
    start_order(needed, provided)
    return asset.with_resources({key: provided[key] for key in needed})
