"""Resources for code that runs outside of a step: schedules, sensors, tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from headrace.config.binding import resolve_config
from headrace.config.run_config import to_plain
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.context import InitResourceContext, Resources
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.walk import find_cycle, reachable, topological_order
from headrace.errors import CyclicDependencyError, HeadraceError, ResourceInitError, ResourceNotProvidedError


@contextmanager
def open_resources(
    definitions: Mapping[str, ResourceDefinition],
    keys: Iterable[str] | None = None,
    *,
    config: Mapping[str, Any] | None = None,
    instance: Any = None,
    run: Any = None,
    log: Any = None,
) -> Iterator[Resources]:
    """Starts resources and those they need, and tears them down at the end.

    Args:
        definitions: The definitions by name.
        keys: Which ones; all when left out.
        config: Config by resource, as in the `resources` section of run config.
        instance: The instance, for resources that ask for it.
        run: The run, for resources that ask for it.
        log: Where they log.
    """
    wanted = list(definitions if keys is None else keys)
    values: dict[str, Any] = {}
    with ExitStack() as stack:
        for key in _start_order(wanted, definitions):
            definition = definitions[key]
            given = ((config or {}).get(key) or {}).get("config")
            path = ("resources", key, "config")
            final = resolve_config(
                definition.config_binding, to_plain(given), f"Config for resource {key!r} is invalid:", path
            )
            needed = Resources({each: values[each] for each in definition.required_resource_keys})
            context = InitResourceContext(
                final,
                needed,
                resource_def=definition,
                log=log,
                run=run,
                instance=instance,
                all_resource_defs=definitions,
            )
            try:
                values[key] = stack.enter_context(definition.open(context))
            except HeadraceError:
                raise
            except Exception as error:
                message = f"Resource {key!r} raised while it was started: {error!r}"
                raise ResourceInitError(message, user_exception=error) from error
        yield Resources({key: values[key] for key in wanted})


@contextmanager
def build_resources(
    resources: Mapping[str, Any],
    instance: Any = None,
    resource_config: Mapping[str, Any] | None = None,
    dagster_run: Any = None,
    log_manager: Any = None,
) -> Iterator[Any]:
    """Starts resources for a test or a script, and tears them down at the end.

    Args:
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        instance: The instance, for resources that ask for it.
        resource_config: Config by resource, as in the `resources` section of run config.
        dagster_run: The run, for resources that ask for it.
        log_manager: Where they log.
    """
    definitions = as_resource_definitions(resources)
    with open_resources(
        definitions, config=resource_config, instance=instance, run=dagster_run, log=log_manager
    ) as started:
        yield started


def _start_order(keys: Iterable[str], definitions: Mapping[str, ResourceDefinition]) -> list[str]:
    def required(key: str) -> frozenset[str]:
        if key not in definitions:
            known = ", ".join(sorted(definitions)) or "none"
            raise ResourceNotProvidedError(f"Resource {key!r} is required, but not provided; provided are: {known}.")
        return definitions[key].required_resource_keys

    upstream = {key: required(key) for key in sorted(reachable(keys, required))}
    cycle = find_cycle(upstream)
    if cycle:
        raise CyclicDependencyError(f"Resources require each other: {' -> '.join(cycle)}.")
    return topological_order(upstream)
