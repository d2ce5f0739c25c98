"""Resources that are started when a step first needs them, and torn down in reverse order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from headrace.config.binding import resolve_config
from headrace.definitions.resources.context import InitResourceContext, Resources
from headrace.definitions.resources.scope import resource_failed
from headrace.definitions.resources.start_order import start_order
from headrace.errors import ResourceInitError, UnknownResourceError
from headrace.execute.events.event import EngineNoted, Event, ResourcesStarted
from headrace.execute.events.failures import failure_info

if TYPE_CHECKING:
    from headrace.definitions.resources.resource import ResourceDefinition
    from headrace.execute.contexts.scope import Scope
    from headrace.execute.runner import RunFrame


class ResourcePool:
    """The resources of a run, of one attempt that has a process of its own, or of a context made by a test.

    Args:
        definitions: What can be started.
        config_of: The final config of a resource.
        on_teardown_error: Gets what a teardown raises; it is raised when left out.
    """

    def __init__(
        self,
        definitions: Mapping[str, ResourceDefinition],
        config_of: Callable[[str], Any],
        on_teardown_error: Callable[[ResourceInitError], None] | None = None,
    ) -> None:
        self._definitions = definitions
        self._config_of = config_of
        self._on_teardown_error = on_teardown_error
        self._values: dict[str, Any] = {}
        self._configs: dict[str, Any] = {}
        self._stack = ExitStack()

    @classmethod
    def of(cls, frame: RunFrame) -> ResourcePool:
        """A pool for the steps of a run; what its teardown raises is told, as the work is done by then."""

        def tell(error: ResourceInitError) -> None:
            noted = EngineNoted(str(error), failure=failure_info(error))
            frame.emit(Event(frame.spec.run_id, time.time(), "", 0, noted))

        return cls(frame.resource_defs, frame.config.resource_config, tell)

    @classmethod
    def with_configs(cls, definitions: Mapping[str, ResourceDefinition], configs: Mapping[str, Any]) -> ResourcePool:
        """A pool outside of a run.

        Args:
            definitions: What can be started.
            configs: The config of each resource, under `config`, as in run config.
        """

        def config_of(key: str) -> Any:
            given = (configs.get(key) or {}).get("config")
            message = f"Config for resource {key!r} is invalid:"
            return resolve_config(definitions[key].config_binding, given, message, ("resources", key, "config"))

        return cls(definitions, config_of)

    def require(self, keys: Iterable[str], scope: Scope, needed_by: str | None = None) -> Mapping[str, Any]:
        """Start what is missing of these resources and those they need; returns these.

        Args:
            keys: The resources.
            scope: Where they are needed.
            needed_by: Who needs them, for messages.
        """
        keys = tuple(keys)
        if any(key not in self._values for key in keys):
            missing = [key for key in start_order(keys, self._definitions, needed_by) if key not in self._values]
            started = time.perf_counter()
            for key in missing:
                self._start(key, scope)
            scope.emit(ResourcesStarted(tuple(missing), time.perf_counter() - started))
        return {key: self._values[key] for key in keys}

    def config_of(self, key: str) -> Any:
        """The final config of a resource that has been started."""
        return self._configs.get(key)

    def resources_of(self, key: str) -> Resources:
        """What a resource that has been started requires itself."""
        return Resources({needed: self._values[needed] for needed in self._definitions[key].required_resource_keys})

    def close(self) -> None:
        """Tear everything down, last started first."""
        try:
            self._stack.close()
        except Exception as error:
            names = ", ".join(map(repr, self._values))
            failed = ResourceInitError(f"Teardown of resources [{names}] failed.", user_exception=error)
            if self._on_teardown_error is None:
                raise failed from error
            self._on_teardown_error(failed)
        finally:
            self._values.clear()

    def _start(self, key: str, scope: Scope) -> None:
        definition = self._definitions[key]
        config = self._config_of(key)
        context = InitResourceContext(
            config,
            self.resources_of(key),
            resource_def=definition,
            log=scope.log,
            run=scope.run,
            instance=scope.instance,
            run_id=scope.run.run_id,
            all_resource_defs=self._definitions,
        )
        try:
            self._values[key] = self._stack.enter_context(definition.open(context))
        except UnknownResourceError:
            raise
        except Exception as error:
            raise ResourceInitError(resource_failed(key), user_exception=error) from error
        self._configs[key] = config
