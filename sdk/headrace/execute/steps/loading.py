"""Giving every input of a step its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headrace.errors import (
    HeadraceError,
    InvalidConfigError,
    LoadInputError,
    StepExecutionError,
    StepOutputNotFoundError,
    TypeCheckError,
)
from headrace.execute.contexts.io_contexts import IOContexts
from headrace.execute.contexts.type_contexts import TypeCheckContext, TypeLoaderContext
from headrace.execute.events.event import InputChecked, InputLoaded, TypeCheckData
from headrace.execute.planning.dynamic import concrete_step
from headrace.execute.planning.sources import FromAsset, FromConfig, FromFanIn, FromInputManager, FromStep, InputSource
from headrace.undefined import UNDEFINED

if TYPE_CHECKING:
    from headrace.definitions.ops.types import HeadraceType
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.resource_pool import ResourcePool
    from headrace.execute.contexts.scope import Scope, StepScope
    from headrace.execute.planning.plan import StepInput


class InputLoader:
    """Loads the inputs of one attempt."""

    def __init__(self, scope: StepScope, pool: ResourcePool) -> None:
        self._scope = scope
        self._pool = pool
        self._contexts = IOContexts(scope, pool)
        self._plan = scope.frame.plan

    def manager_keys(self) -> Iterator[str]:
        """The resources that the inputs are loaded with."""
        for each in self._scope.step.inputs:
            if not each.is_nothing and each.source is not None:
                yield from self._managers(each, each.source)

    def load_all(self) -> dict[str, Any]:
        """The values of all inputs that carry one, checked against their types."""
        values = {}
        for each in self._scope.step.inputs:
            if each.is_nothing or each.source is None:
                continue
            values[each.name] = value = self._load(each, each.source)
            declared = self._scope.op.ins[each.name].type
            found = type_check(declared, value, each.name, f'step input "{each.name}"', self._scope, self._pool)
            self._scope.emit(InputChecked(each.name, found))
            require_type(found, declared, f'step input "{each.name}"', self._scope)
        return values

    def _managers(self, each: StepInput, source: InputSource) -> Iterator[str]:
        if isinstance(source, FromFanIn):
            for part in source.sources:
                yield from self._managers(each, part)
        elif isinstance(source, FromInputManager):
            yield source.manager_key
        elif isinstance(source, (FromStep, FromAsset)):
            yield self._manager_key(each, source)

    def _manager_key(self, each: StepInput, source: FromStep | FromAsset) -> str:
        if each.manager_key is not None:
            return each.manager_key
        if isinstance(source, FromAsset):
            return source.manager_key
        return concrete_step(self._plan, source.step_key, {}).outputs[source.output].manager_key

    def _load(self, each: StepInput, source: InputSource) -> Any:
        if isinstance(source, FromFanIn):
            return [self._load(each, part) for part in source.sources if self._is_there(part)]
        if isinstance(source, (FromStep, FromAsset)):
            return self._load_stored(each, source)
        if isinstance(source, FromConfig):
            return self._from_config(source)
        if isinstance(source, FromInputManager):
            return self._from_input_manager(each, source.manager_key)
        return source.value

    def _is_there(self, part: InputSource) -> bool:
        """A fan-in leaves out what an optional output did not produce."""
        return not isinstance(part, FromStep) or (part.step_key, part.output) not in self._scope.missing

    def _load_stored(self, each: StepInput, source: FromStep | FromAsset) -> Any:
        manager_key = self._manager_key(each, source)
        manager = self._pool.require((manager_key,), self._scope)[manager_key]
        try:
            value, context = self._from_wherever_stored(manager, each, source, manager_key)
        except Exception as error:
            what = f"{_description(each, source)}{self._unasked_partitions(each)}"
            raise LoadInputError(f"While loading {what}:", user_exception=error) from error
        self._scope.emit(
            InputLoaded(
                each.name,
                manager_key,
                source.step_key if isinstance(source, FromStep) else "",
                source.output if isinstance(source, FromStep) else "",
                each.asset_key,
                context.consume_logged_metadata(),
            )
        )
        return value

    def _unasked_partitions(self, each: StepInput) -> str:
        """For the message about an input of which more is loaded than its author may have meant."""
        count = self._scope.partitions.read_unasked(each.asset_key)
        if not count:
            return ""
        return (
            f", all {count} partitions of it, as what reads it has none itself (give that a partitions_def to read the partition "
            "of the run, or a partition_mapping to choose)"
        )

    def _from_wherever_stored(
        self, manager: Any, each: StepInput, source: FromStep | FromAsset, manager_key: str
    ) -> tuple[Any, InputContext]:
        places = self._places(source)
        for place in places:
            context = self._contexts.input(each, self._contexts.upstream_of(place, manager_key), manager_key)
            try:
                return manager.load_input(context), context
            except StepOutputNotFoundError:
                if place is places[-1]:
                    raise
        raise AssertionError("there is always a place")

    def _places(self, source: FromStep | FromAsset) -> Sequence[FromStep | FromAsset]:
        """A parent run that was a retry itself may have left the step out: then the first run of all has the output."""
        root = self._scope.run.root_run_id
        if isinstance(source, FromStep) and source.run_id is not None and root not in (None, source.run_id):
            return (source, replace(source, run_id=root))
        return (source,)

    def _from_config(self, source: FromConfig) -> Any:
        value = self._scope.frame.config.input_value(source.path, source.name)
        if value is UNDEFINED:
            return self._default(source)
        graph = self._scope.frame.job.graph
        owner = graph.node_at(source.path).definition if source.path else graph
        loader = owner.ins[source.name].type.loader
        if loader is None:
            return value
        context = TypeLoaderContext(self._scope, self._pool, loader.required_resource_keys())
        try:
            return loader.construct_from_config_value(context, value)
        except Exception as error:
            message = (
                f"Error occurred while loading input {source.name!r} of step {self._scope.step_key!r} from config:"
            )
            raise LoadInputError(message, user_exception=error) from error

    def _default(self, source: FromConfig) -> Any:
        if source.default is UNDEFINED:
            where = ":".join((*(part for name in source.path for part in ("ops", name)), "inputs", source.name))
            raise InvalidConfigError(
                f"Input {source.name!r} of step {self._scope.step_key!r} is connected to nothing: give it in the run config under "
                f"{where}, or give it a default value."
            )
        return source.default

    def _from_input_manager(self, each: StepInput, manager_key: str) -> Any:
        manager = self._pool.require((manager_key,), self._scope)[manager_key]
        context = self._contexts.input(each, None, manager_key)
        try:
            value = manager.load_input(context)
        except Exception as error:
            message = f"While loading input {each.name!r} of step {self._scope.step_key!r} with {manager_key!r}:"
            raise LoadInputError(message, user_exception=error) from error
        self._scope.emit(InputLoaded(each.name, manager_key, "", "", None, context.consume_logged_metadata()))
        return value


def type_check(
    declared: HeadraceType, value: Any, label: str, what: str, scope: Scope, pool: ResourcePool | None = None
) -> TypeCheckData:
    """What the check of a value against a declared type finds.

    Args:
        declared: The type.
        value: The value.
        label: The input's or output's name.
        what: Which input or output it is, for the message where the check itself raises.
        scope: The attempt.
        pool: Holds the resources that the check needs; in a direct call, the scope has them.
    """
    if declared.is_any:
        return TypeCheckData(label)
    try:
        found = declared.type_check(TypeCheckContext(scope, pool, declared), value)
    except HeadraceError:
        raise
    except Exception as error:
        message = f"The check of type {declared.display_name!r} raised for {what} of step {scope.step_key!r}:"
        raise StepExecutionError(message, user_exception=error) from error
    return TypeCheckData(label, declared.display_name, found.success, found.description, found.metadata)


def require_type(found: TypeCheckData, declared: HeadraceType, what: str, scope: Scope) -> None:
    """Refuse a value that was found not to be of its type."""
    if not found.success:
        raise TypeCheckError(
            f'Type check failed for {what} - expected type "{found.type_name}". '
            f"Description: {found.description} (step {scope.step_key!r})",
            found.metadata,
            declared,
        )


def check_type(declared: HeadraceType, value: Any, what: str, scope: Scope) -> None:
    """Refuse a value that is not of the declared type, in a direct call."""
    require_type(type_check(declared, value, "", what, scope), declared, what, scope)


def _description(each: StepInput, source: FromStep | FromAsset) -> str:
    if isinstance(source, FromAsset):
        return f"input {each.name!r} from asset {source.asset_key.to_user_string()!r}"
    return f"input {each.name!r} from output {source.output!r} of step {source.step_key!r}"
