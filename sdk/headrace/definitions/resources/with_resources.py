"""Giving resources to definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from headrace.config.run_config import to_plain
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.errors import InvalidInvocationError

T = TypeVar("T")


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
    for key, section in (resource_config_by_key or {}).items():
        if key not in resources:
            raise InvalidInvocationError(f"with_resources: there is config for {key!r}, but no such resource.")
        if not isinstance(section, Mapping) or "config" not in section:
            raise InvalidInvocationError(f"with_resources: the config of {key!r} stands under 'config'.")
        resources[key] = resources[key].configured(to_plain(section["config"]))
    return [_bound(each, resources) for each in definitions]


def _bound(definition: Any, resources: Mapping[str, Any]) -> Any:
    if isinstance(definition, AssetsDefinition):
        return definition.with_resources(resources)
    return definition.with_top_level(resources) if isinstance(definition, JobDefinition) else definition
