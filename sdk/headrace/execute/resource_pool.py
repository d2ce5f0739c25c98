"""Resources that are started when a step first needs them, and torn down in reverse order."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from headrace.config.binding import resolve_config
from headrace.definitions.resource_context import InitResourceContext, Resources
from headrace.errors import ExecutionInterruptedError, HeadraceError, ResourceInitError, UnknownResourceError
from headrace.execute.events import ResourcesStarted
from headrace.execute.resource_order import start_order

if TYPE_CHECKING:
    from headrace.definitions.resource import ResourceDefinition
    from headrace.execute.runner import RunFrame
    from headrace.execute.scope import StepScope


class ResourcePool:
    """The resources of a run, or of one attempt that has a process of its own.

    Args:
        frame: The run.
    """

    def __init__(self, frame: RunFrame) -> None:
        self._frame = frame
        self._definitions: Mapping[str, ResourceDefinition] = frame.resource_defs
        self._configs: Mapping[str, Any] = frame.spec.run_config.get("resources") or {}
        self._values: dict[str, Any] = {}
        self._finals: dict[str, Any] = {}
        self._stack = ExitStack()

    def require(self, keys: Iterable[str], scope: StepScope) -> Mapping[str, Any]:
        """Start what is missing of these resources and those they need; returns these."""
        keys = tuple(keys)
        missing = [key for key in start_order(keys, self._definitions) if key not in self._values]
        if missing:
            started = time.perf_counter()
            for key in missing:
                self._start(key, scope)
            scope.emit(ResourcesStarted(tuple(missing), time.perf_counter() - started))
        return {key: self._values[key] for key in keys}

    def config_of(self, key: str) -> Any:
        """The final config of a resource that has been started."""
        return self._finals.get(key)

    def resources_of(self, key: str) -> Resources:
        """What a resource that has been started requires itself."""
        return Resources({needed: self._values[needed] for needed in self._definitions[key].required_resource_keys})

    def close(self) -> None:
        """Tear everything down, last started first."""
        try:
            self._stack.close()
        except (HeadraceError, ExecutionInterruptedError):
            raise
        except Exception as error:
            raise ResourceInitError("While resources were torn down:", user_exception=error) from error
        finally:
            self._values.clear()

    def _start(self, key: str, scope: StepScope) -> None:
        definition = self._definitions[key]
        given = (self._configs.get(key) or {}).get("config")
        message = f"Config for resource {key!r} is invalid:"
        config = resolve_config(definition.config_binding, given, message, ("resources", key, "config"))
        context = InitResourceContext(
            config,
            self.resources_of(key),
            resource_def=definition,
            log=scope.log,
            run=scope.run,
            instance=self._frame.instance,
            run_id=self._frame.spec.run_id,
            all_resource_defs=self._definitions,
        )
        try:
            self._values[key] = self._stack.enter_context(definition.open(context))
        except UnknownResourceError:
            raise
        except Exception as error:
            raise ResourceInitError(f"While resource {key!r} was started:", user_exception=error) from error
        self._finals[key] = config
