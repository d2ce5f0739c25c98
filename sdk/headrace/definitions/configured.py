"""`@configured`: a definition with config made by a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.logger import LoggerDefinition
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.signature import is_config_class, signature_of
from headrace.definitions.resources.coercion import DefinesResource
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidInvocationError

Configurable = TypeVar(
    "Configurable", OpDefinition, GraphDefinition, ResourceDefinition, ExecutorDefinition, LoggerDefinition
)
_NAMED = (OpDefinition, GraphDefinition, ExecutorDefinition)


@overload
def configured(
    configurable: type[DefinesResource], config_schema: Any = ..., **kwargs: Any
) -> Callable[[Callable[[Any], Any]], ResourceDefinition]: ...


@overload
def configured(
    configurable: Configurable, config_schema: Any = ..., **kwargs: Any
) -> Callable[[Any], Configurable]: ...


def configured(configurable: Any, config_schema: Any = None, **kwargs: Any) -> Callable[[Any], Any]:
    """Makes a definition that takes other config than the given one: by a function from one config to the other, or none.

    Args:
        configurable: An op, a graph, a resource or its class, an executor or a logger.
        config_schema: What the function takes; left out where its parameter is annotated with a `Config` class.
        **kwargs: What `configurable.configured` takes besides.
    """
    if isinstance(configurable, type) and issubclass(configurable, DefinesResource):
        configurable = configurable.unset().get_resource_definition()
    kinds = (OpDefinition, GraphDefinition, ResourceDefinition, ExecutorDefinition, LoggerDefinition)
    if not isinstance(configurable, kinds):
        raise InvalidInvocationError(f"{configurable!r} takes no config.")

    def make(config_or_fn: Any) -> Any:
        if not callable(config_or_fn):
            return configurable.configured(config_or_fn, config_schema=config_schema, **kwargs)
        if isinstance(configurable, _NAMED):
            kwargs.setdefault("name", config_or_fn.__name__)
        mapping, schema = _with_object(config_or_fn, config_schema)
        return configurable.configured(mapping, config_schema=schema, **kwargs)

    return make


def _with_object(function: Callable[[Any], Any], config_schema: Any) -> tuple[Callable[[Any], Any], Any]:
    """A function that takes a `Config` object as one that takes plain config, and the schema of that."""
    inputs = signature_of(function, allow_config=False).inputs
    config_class = next((each.annotation for each in inputs if is_config_class(each.annotation)), None)
    if config_class is None:
        return function, config_schema
    if config_schema is not None:
        raise InvalidInvocationError(
            "Cannot provide config_schema to @configured function with Config-annotated param."
        )
    if len(inputs) != 1:
        raise InvalidInvocationError("@configured function should have exactly one parameter.")
    return (lambda config: function(config_class.from_config(config))), config_class.to_config_schema()
