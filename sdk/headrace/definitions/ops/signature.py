"""What the signature of a user's function says: context, config, resources, inputs, return value."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from headrace.config.annotations import annotation_resolver
from headrace.config.structured import StructuredConfig, StructuredResource
from headrace.definitions.notices import warn_user
from headrace.definitions.resources.param import RESOURCE_PARAM
from headrace.errors import InvalidDefinitionError
from headrace.undefined import UNDEFINED

CONFIG_PARAM = "config"
_CONTEXT_NAMES = frozenset({"context", "_context", "context_", "_", "__"})
_CONTEXT_TYPES = frozenset(
    {
        "OpExecutionContext",
        "AssetExecutionContext",
        "AssetCheckExecutionContext",
        "ScheduleEvaluationContext",
        "SensorEvaluationContext",
        "InitResourceContext",
        "HookContext",
        "RunStatusSensorContext",
        "RunFailureSensorContext",
        "MultiAssetSensorEvaluationContext",
    }
)


@dataclass(frozen=True)
class Parameter:
    """A parameter that is an input."""

    name: str
    annotation: Any
    default: Any


@dataclass(frozen=True)
class Signature:
    """How a function wants to be called.

    Attributes:
        context: The name of the parameter that takes the context; it is the first one.
        config: The annotation of the `config` parameter; `UNDEFINED` if there is none.
        resources: The names of parameters that are resources.
        inputs: The remaining parameters, in order.
        returns: The return annotation; `UNDEFINED` if there is none.
        takes_any: Whether the function has a `**kwargs`.
        is_generator: Whether it yields.
        is_async: Whether it is a coroutine function or an async generator.
        context_type: The name of the class that the context is annotated with; empty if it is not.
        config_default: The default of the `config` parameter; `UNDEFINED` if it has none.
    """

    context: str | None
    config: Any
    resources: tuple[str, ...]
    inputs: tuple[Parameter, ...]
    returns: Any
    takes_any: bool
    is_generator: bool
    is_async: bool
    config_default: Any = UNDEFINED
    context_type: str = ""

    @property
    def has_config(self) -> bool:
        """Whether there is a `config` parameter."""
        return self.config is not UNDEFINED


def signature_of(function: Callable[..., Any], *, allow_config: bool = True) -> Signature:
    """Reads a function's signature.

    Args:
        function: The function, or an object with `__call__`.
        allow_config: Whether a parameter named `config` is config and not an input.
    """
    parameters = list(inspect.signature(function).parameters.values())
    resolve = annotation_resolver(function)
    context = _context_name(parameters)
    inputs, resources, takes_any = [], [], False
    config: Any = UNDEFINED
    config_default: Any = UNDEFINED
    for parameter in parameters[1 if context else 0 :]:
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            raise InvalidDefinitionError(
                f"{_name_of(function)!r} decorated function has positional vararg parameter '*{parameter.name}'. Decorated functions should "
                "only have keyword arguments that match input names and, if system information is required, a first positional "
                "parameter named 'context'."
            )
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            takes_any = True
            continue
        annotation = resolve(parameter.annotation)
        if allow_config and parameter.name == CONFIG_PARAM:
            config = dict if annotation is UNDEFINED else annotation
            config_default = _default_of(parameter)
        elif _is_maker_of_resources(annotation):
            raise InvalidDefinitionError(
                f"Resource param '{parameter.name}' is annotated as '{annotation}', but '{annotation}' outputs an unknown value to "
                "user code such as @ops and @assets. This annotation should instead be 'ResourceParam[Any]' or "
                "'ResourceParam[<output type>]'."
            )
        elif is_resource_annotation(annotation):
            resources.append(parameter.name)
        else:
            if allow_config and is_config_class(annotation):
                warn_user(
                    f"Parameter '{parameter.name}' on op/asset function '{_name_of(function)}' was annotated as a Config type. Did "
                    "you mean to name this parameter 'config' instead?"
                )
            inputs.append(Parameter(parameter.name, annotation, _default_of(parameter)))
    return Signature(
        context=context,
        config=config,
        resources=tuple(resources),
        inputs=tuple(inputs),
        returns=resolve(_returns(function)),
        takes_any=takes_any,
        is_generator=inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function),
        is_async=inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function),
        config_default=config_default,
        context_type=_type_name(parameters[0].annotation) if context else "",
    )


def _default_of(parameter: inspect.Parameter) -> Any:
    return UNDEFINED if parameter.default is inspect.Parameter.empty else parameter.default


def positional_names(function: Callable[..., Any]) -> list[str]:
    """The names of the parameters that can be given by position."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [name for name, each in inspect.signature(function).parameters.items() if each.kind in kinds]


def refuse_double_requirements(decorator: str, keys: Collection[str] | None, signature: Signature) -> None:
    """Refuses a function that takes some resources as parameters and names others in its decorator."""
    if keys and signature.resources:
        raise InvalidDefinitionError(
            f"Invariant violation for parameter Cannot specify resource requirements in both @{decorator} decorator and as arguments "
            f"to the decorated function: the one names {', '.join(sorted(keys))}, the other takes {', '.join(signature.resources)}."
        )


def _is_maker_of_resources(annotation: Any) -> bool:
    """Whether a parameter with this annotation gets something else than what the annotation says."""
    return isinstance(annotation, type) and bool(getattr(annotation, "makes_something_else", False))


def is_resource_annotation(annotation: Any) -> bool:
    """Whether a parameter with this annotation takes a resource."""
    if isinstance(annotation, type):
        return issubclass(annotation, StructuredResource)
    if typing.get_origin(annotation) is typing.Annotated:
        return RESOURCE_PARAM in typing.get_args(annotation)[1:]
    origin = typing.get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, StructuredResource)


def is_config_class(annotation: Any) -> bool:
    """Whether a parameter with this annotation takes a `Config` object."""
    return isinstance(annotation, type) and issubclass(annotation, StructuredConfig)


def _context_name(parameters: list[inspect.Parameter]) -> str | None:
    if not parameters or parameters[0].kind in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL):
        return None
    first = parameters[0]
    type_name = _type_name(first.annotation)
    return first.name if first.name in _CONTEXT_NAMES or type_name in _CONTEXT_TYPES else None


def _type_name(annotation: Any) -> str:
    if annotation is inspect.Parameter.empty:
        return ""
    return annotation.rpartition(".")[2] if isinstance(annotation, str) else getattr(annotation, "__name__", "")


def _returns(function: Callable[..., Any]) -> Any:
    annotations = getattr(inspect.unwrap(function), "__annotations__", {})
    return annotations.get("return", inspect.Signature.empty)


def _name_of(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)
