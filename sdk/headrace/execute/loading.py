"""Giving every input of a step its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headrace.definitions.ops.types import AnyType, HeadraceType
from headrace.errors import LoadInputError, StepOutputNotFoundError, TypeCheckError
from headrace.execute.dynamic import concrete_step
from headrace.execute.events import InputLoaded
from headrace.execute.io_contexts import IOContexts
from headrace.execute.sources import FromAsset, FromConfig, FromFanIn, FromStep, InputSource

if TYPE_CHECKING:
    from headrace.execute.input_context import InputContext
    from headrace.execute.plan import StepInput
    from headrace.execute.resource_pool import ResourcePool
    from headrace.execute.scope import Scope, StepScope


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
            check_type(self._scope.op.ins[each.name].type, value, f"input {each.name!r}", self._scope)
        return values

    def _managers(self, each: StepInput, source: InputSource) -> Iterator[str]:
        if isinstance(source, FromFanIn):
            for part in source.sources:
                yield from self._managers(each, part)
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
            return self._from_config(each, source.value)
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
            raise LoadInputError(f"While loading {_description(each, source)}:", user_exception=error) from error
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

    def _from_config(self, each: StepInput, value: Any) -> Any:
        loader = self._scope.op.ins[each.name].type.loader
        if loader is not None:
            return loader(self._scope, value)
        return value["value"] if isinstance(value, dict) and value.keys() == {"value"} else value


def check_type(declared: HeadraceType, value: Any, what: str, scope: Scope) -> None:
    """Refuse a value that is not of the declared type."""
    if declared is AnyType:
        return
    found = declared.type_check(scope, value)
    if not found.success:
        reason = f" {found.description}" if found.description else ""
        raise TypeCheckError(f"Step {scope.step_key!r}, {what}: not of type {declared.display_name}.{reason}")


def _description(each: StepInput, source: FromStep | FromAsset) -> str:
    if isinstance(source, FromAsset):
        return f"input {each.name!r} from asset {source.asset_key.to_user_string()!r}"
    return f"input {each.name!r} from output {source.output!r} of step {source.step_key!r}"
