"""`@configured`: a definition with config made by a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.logger import LoggerDefinition
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidInvocationError

Configurable = TypeVar(
    "Configurable", OpDefinition, GraphDefinition, ResourceDefinition, ExecutorDefinition, LoggerDefinition
)
_NAMED = (OpDefinition, GraphDefinition, ExecutorDefinition)


def configured(
    configurable: Configurable, config_schema: Any = None, **kwargs: Any
) -> Callable[[Callable[[Any], Any]], Configurable]:
    """Makes a definition that takes other config than the given one, by a function from one config to the other.

    Args:
        configurable: An op, a graph, a resource, an executor or a logger.
        config_schema: What the function takes.
        **kwargs: What `configurable.configured` takes besides.
    """
    kinds = (OpDefinition, GraphDefinition, ResourceDefinition, ExecutorDefinition, LoggerDefinition)
    if not isinstance(configurable, kinds):
        raise InvalidInvocationError(f"{configurable!r} takes no config.")

    def make(function: Callable[[Any], Any]) -> Configurable:
        if isinstance(configurable, _NAMED):
            kwargs.setdefault("name", function.__name__)
        result: Configurable = configurable.configured(function, config_schema=config_schema, **kwargs)
        return result

    return make
