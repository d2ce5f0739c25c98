"""Calling an op or asset directly, as its plain function, with everything it needs given by the caller."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.config.binding import resolve_config
from headrace.config.env_var import names_in
from headrace.config.run_config import to_plain
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.resources.context import Resources
from headrace.errors import InvalidInvocationError, ResourceNotProvidedError
from headrace.execute.contexts.context import (
    AssetCheckExecutionContext,
    AssetExecutionContext,
    OpExecutionContext,
    current,
    makes_checks_only,
)
from headrace.execute.direct.outputs import DirectOutputs
from headrace.execute.direct.scope import DirectScope
from headrace.execute.steps.loading import check_type

if TYPE_CHECKING:
    from types import TracebackType


CONFIG = "config"


class DirectOpExecutionContext(OpExecutionContext):
    """A context that a test makes with `build_op_context`; a context manager, if resources are to be torn down."""

    def __init__(self, scope: DirectScope) -> None:
        super().__init__(scope)
        self._direct = scope

    @property
    def direct_scope(self) -> DirectScope:
        """The state behind the context."""
        return self._direct

    def get_events(self) -> Sequence[Any]:
        """What user code logged with `log_event`."""
        return list(self._direct.user_events)

    @property
    def resources(self) -> Resources:
        """The resources that the op requires, as attributes."""
        self._direct.check_open()
        return super().resources

    def __enter__(self) -> DirectOpExecutionContext:
        self._direct.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._direct.close()


class DirectAssetExecutionContext(DirectOpExecutionContext, AssetExecutionContext):
    """A context that a test makes with `build_asset_context`."""


class DirectAssetCheckExecutionContext(DirectAssetExecutionContext, AssetCheckExecutionContext):
    """A context that a test makes with `build_asset_check_context`."""


def invoke(definition: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Call an op or an asset directly, as a test does.

    Args:
        definition: An `OpDefinition` or an `AssetsDefinition`.
        args: The context, if the function takes one, then inputs.
        kwargs: Inputs, `config`, resources.
    """
    assets_def = definition if isinstance(definition, AssetsDefinition) else None
    op: OpDefinition = assets_def.op if assets_def is not None else definition
    return _Call(op, assets_def, args, dict(kwargs)).run()


def _kind_of_context(scope: DirectScope) -> type[DirectOpExecutionContext]:
    if scope.assets_def is None:
        return DirectOpExecutionContext
    return DirectAssetCheckExecutionContext if makes_checks_only(scope) else DirectAssetExecutionContext


class _Call:
    def __init__(
        self, op: OpDefinition, assets_def: AssetsDefinition | None, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self._op = op
        self._signature = op.signature
        self._assets_def = assets_def
        self._title = f"{'Asset' if assets_def is not None else 'Op'} {op.name!r}"
        self._kwargs = kwargs
        self._context, self._args = self._take_context(args)

    def run(self) -> Any:
        scope = self._context.direct_scope if self._context is not None else DirectScope()
        config = self._config(scope)
        scope.bind(self._op, self._assets_def, config)
        self._name_positional_resources(scope)
        resources = self._resources(scope)
        scope.resources = Resources({**scope.resources.original_resource_dict, **resources})
        arguments = {**self._inputs(), **resources}
        if self._signature.has_config:
            arguments[CONFIG] = config
        context = self._context or _kind_of_context(scope)(scope)
        with current(context):
            self._check_inputs(arguments, scope)
            result = self._op.compute_fn(*([context] if self._signature.context else []), **arguments)
        return self._checked(result, scope)

    def _check_inputs(self, arguments: Mapping[str, Any], scope: DirectScope) -> None:
        for name, each in self._op.ins.items():
            if name in arguments:
                check_type(each.type, arguments[name], f'op "{self._op.name}" input "{name}"', scope)

    def _take_context(self, args: tuple[Any, ...]) -> tuple[DirectOpExecutionContext | None, tuple[Any, ...]]:
        name = self._signature.context
        if args and isinstance(args[0], DirectOpExecutionContext):
            return args[0], args[1:]
        if name is None:
            return None, args
        if name in self._kwargs:
            given = self._kwargs.pop(name)
        elif args:
            given, args = args[0], args[1:]
        else:
            raise InvalidInvocationError(
                f"Decorated function '{getattr(self._op.compute_fn, '__name__', self._op.name)}' has context argument, but no context was provided when invoking. Pass "
                "one as the first argument, made with build_op_context() or build_asset_context()."
            )
        if given is not None and not isinstance(given, DirectOpExecutionContext):
            raise InvalidInvocationError(
                f"{self._title} takes a context as its first argument, but got a {type(given).__name__}; "
                "make one with build_op_context() or build_asset_context()."
            )
        return given, args

    def _config(self, scope: DirectScope) -> Any:
        given = self._given_config() if self._signature.has_config else None
        if given is not None and scope.given_config is not None:
            raise InvalidInvocationError(f"{self._title}: Cannot provide config in both context and kwargs.")
        config_class = self._op.config_class
        if config_class is not None and isinstance(given, config_class) and not names_in(to_plain(given)):
            return given
        value = to_plain(given if given is not None else scope.given_config)
        final = resolve_config(self._op.config_binding, value, f"Config for {self._title} is invalid:")
        return self._op.config_class.from_config(final) if self._op.config_class is not None else final

    def _given_config(self) -> Any:
        """The config argument, by name or in its place among the arguments."""
        if CONFIG in self._kwargs or not self._args:
            return self._kwargs.pop(CONFIG, None)
        parameters = [
            name for name in inspect.signature(self._op.compute_fn).parameters if name != self._signature.context
        ]
        place = parameters.index(CONFIG)
        if place >= len(self._args):
            return None
        given = self._args[place]
        self._args = (*self._args[:place], *self._args[place + 1 :])
        return given

    def _name_positional_resources(self, scope: DirectScope) -> None:
        """Resources may come by position, too, where the function has them, unless they come by name or in the context."""
        resources = self._signature.resources
        named = {name for name in resources if name in self._kwargs or name in scope.resources}
        parameters = inspect.signature(self._op.compute_fn).parameters
        places = [name for name in parameters if name not in named | {self._signature.context, CONFIG}]
        given = dict(zip(places, self._args, strict=False))
        self._args = (
            *(value for name, value in given.items() if name not in resources),
            *self._args[len(places) :],
        )
        self._kwargs.update({name: value for name, value in given.items() if name in resources})

    def _resources(self, scope: DirectScope) -> dict[str, Any]:
        resources = {}
        if self._op.required_resource_keys and len(scope.resources):
            scope.check_open()
        if len(scope.resources) and any(name in self._kwargs for name in self._signature.resources):
            raise InvalidInvocationError(
                f"{self._title}: Cannot provide resources in both context and kwargs; give all of them in one of the two."
            )
        for name in self._signature.resources:
            if name in self._kwargs:
                resources[name] = self._kwargs.pop(name)
            elif name in scope.resources:
                resources[name] = scope.resources[name]
            else:
                raise self._lacks(name, f"pass it as {name}=..., or in the context")
        unseen = self._signature.context is None
        for name in () if unseen else self._op.required_resource_keys - set(self._signature.resources):
            if name not in scope.resources:
                raise self._lacks(name, "pass it in the context")
        return resources

    def _lacks(self, name: str, advice: str) -> ResourceNotProvidedError:
        return ResourceNotProvidedError(
            f"{self._title}: resource with key {name!r} required by op {self._op.name!r} was not provided; {advice}: "
            f"build_op_context(resources={{{name!r}: ...}})."
        )

    def _inputs(self) -> dict[str, Any]:
        names = [name for name, each in self._op.ins.items() if not each.is_nothing]
        self._check_number(names)
        inputs = dict(zip(names, self._args, strict=False))
        for name, value in self._kwargs.items():
            self._check_named(name, names, inputs)
            inputs[name] = value
        for name in names:
            if name in inputs or (self._signature.takes_any and name not in self._parameters()):
                continue
            if not self._op.ins[name].has_default_value:
                raise InvalidInvocationError(f'{self._title}: No value provided for required input "{name}".')
            inputs[name] = self._op.ins[name].default_value
        return inputs

    def _parameters(self) -> list[str]:
        return [parameter.name for parameter in self._signature.inputs]

    def _check_number(self, names: Sequence[str]) -> None:
        places = self._parameters() if self._signature.takes_any else names
        if len(self._args) <= len(places):
            return
        if self._signature.takes_any:
            raise InvalidInvocationError(
                f"'{self._op.name}' has {len(places)} positional inputs, but {len(self._args)} positional inputs were "
                "provided."
            )
        raise InvalidInvocationError(
            f"Too many input arguments were provided for {self._what()}. This may be because {self._excuse(names)}"
        )

    def _what(self) -> str:
        return f"{'asset' if self._assets_def is not None else 'op'} '{self._op.name}'"

    def _excuse(self, names: Sequence[str]) -> str:
        if len(names) < len(self._op.ins):
            return (
                "you attempted to provide a value for a nothing dependency. Nothing dependencies are ignored when directly "
                "invoking ops."
            )
        if self._signature.context is None:
            return (
                "an argument was provided for the context parameter, but no context parameter was defined for the op."
            )
        return f"there are more arguments than inputs: {', '.join(names) or 'none'}."

    def _check_named(self, name: str, names: Sequence[str], inputs: Mapping[str, Any]) -> None:
        if name in inputs:
            raise InvalidInvocationError(f"op {self._op.name} got multiple values for argument '{name}'.")
        if name in self._op.ins and self._op.ins[name].is_nothing:
            raise InvalidInvocationError(
                f"Attempted to provide value for nothing input '{name}'. Nothing dependencies are ignored when directly "
                "invoking ops."
            )
        if name in names or self._signature.takes_any:
            return
        missing = [each for each in names if each not in inputs and each not in self._kwargs]
        if missing and not self._op.ins[missing[0]].has_default_value:
            raise InvalidInvocationError(f'{self._title}: No value provided for required input "{missing[0]}".')
        known = ", ".join(map(repr, names)) or "none"
        raise InvalidInvocationError(
            f"Too many input arguments were provided for {self._what()}: it has no input {name!r}; it has: {known}."
        )

    def _checked(self, result: Any, scope: DirectScope) -> Any:
        outputs = DirectOutputs(self._op, scope)
        if inspect.isasyncgen(result):
            return _checked_async(result, outputs)
        if inspect.isgenerator(result):
            return _checked_yields(result, outputs)
        if inspect.isawaitable(result):
            return _awaited(result, outputs)
        return outputs.returned(result)


async def _awaited(result: Any, outputs: DirectOutputs) -> Any:
    return outputs.returned(await result)


def _checked_yields(result: Iterator[Any], outputs: DirectOutputs) -> Iterator[Any]:
    for each in result:
        yield outputs.yielded(each)
    outputs.finish()


async def _checked_async(result: AsyncIterator[Any], outputs: DirectOutputs) -> AsyncIterator[Any]:
    async for each in result:
        yield outputs.yielded(each)
    outputs.finish()
