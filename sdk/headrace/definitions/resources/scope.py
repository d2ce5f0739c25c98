"""Resources for code that runs outside of a step: schedules, sensors, tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from headrace.config.binding import resolve_config
from headrace.config.run_config import to_plain
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.context import InitResourceContext, Resources
from headrace.definitions.resources.event_loop import on_loop
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.resources.start_order import start_order
from headrace.errors import HeadraceError, ResourceInitError


class ResourceStack:
    """Started resources: each definition once, whoever needs it; torn down in reverse order.

    Args:
        instance: The instance, for resources that ask for it.
        run: The run, for resources that ask for it.
        log: Where they log.
    """

    def __init__(self, instance: Any = None, run: Any = None, log: Any = None) -> None:
        self._about = {"instance": instance, "run": run, "log": log}
        self._values: dict[tuple[str, int], Any] = {}
        self._configs: dict[tuple[str, int], Any] = {}
        self._stack = ExitStack()

    def require(
        self,
        keys: Iterable[str],
        definitions: Mapping[str, ResourceDefinition],
        config: Mapping[str, Any] | None = None,
    ) -> Resources:
        """Starts what is missing of these resources and of those they need; returns these.

        Args:
            keys: The resources.
            definitions: The definitions by name.
            config: Config by resource, as in the `resources` section of run config.
        """
        wanted = list(keys)
        for key in start_order(wanted, definitions):
            if (key, id(definitions[key])) not in self._values:
                self._start(key, definitions, (config or {}).get(key) or {})
        return Resources({key: self._values[key, id(definitions[key])] for key in wanted})

    def config_of(self, key: str, definition: ResourceDefinition) -> Any:
        """The final config of a resource that has been started."""
        return self._configs.get((key, id(definition)))

    def close(self) -> None:
        """Tears everything down."""
        self._values.clear()
        self._stack.close()

    def _start(self, key: str, definitions: Mapping[str, ResourceDefinition], section: Mapping[str, Any]) -> None:
        definition = definitions[key]
        message, path = f"Config for resource {key!r} is invalid:", ("resources", key, "config")
        config = resolve_config(definition.config_binding, to_plain(section.get("config")), message, path)
        needed = {each: self._values[each, id(definitions[each])] for each in definition.required_resource_keys}
        context = InitResourceContext(
            config, Resources(needed), resource_def=definition, all_resource_defs=definitions, **self._about
        )
        try:
            value = self._stack.enter_context(definition.open(context))
        except HeadraceError:
            raise
        except Exception as error:
            raise ResourceInitError(resource_failed(key), user_exception=error) from error
        self._values[key, id(definition)] = value
        self._configs[key, id(definition)] = config


def outside_of_with(made_by: str) -> str:
    """What is said where resources are asked for that nobody would tear down."""
    return (
        "At least one provided resource is a generator, but attempting to access resources outside of context manager scope. "
        f"You can use the following syntax to open a context manager: `with {made_by}(...) as context:`"
    )


def resource_failed(key: str) -> str:
    """What is said when a resource could not be started."""
    return f"Error executing resource_fn on ResourceDefinition {key}: it raised while the resource was started."


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
    stack = ResourceStack(instance, run, log)
    try:
        yield stack.require(definitions if keys is None else keys, definitions, config)
    finally:
        stack.close()


@contextmanager
def build_resources(
    resources: Mapping[str, Any],
    instance: Any = None,
    resource_config: Mapping[str, Any] | None = None,
    dagster_run: Any = None,
    log_manager: Any = None,
    event_loop: asyncio.AbstractEventLoop | None = None,
) -> Iterator[Any]:
    """Starts resources for a test or a script, and tears them down at the end.

    Args:
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        instance: The instance, for resources that ask for it.
        resource_config: Config by resource, as in the `resources` section of run config.
        dagster_run: The run, for resources that ask for it.
        log_manager: Where they log.
        event_loop: The loop of asynchronous resources; one of their own when left out.
    """
    definitions = as_resource_definitions(resources)
    with (
        on_loop(event_loop),
        open_resources(
            definitions, config=resource_config, instance=instance, run=dagster_run, log=log_manager
        ) as started,
    ):
        yield started
