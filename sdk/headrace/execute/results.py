"""What a function returned or yielded, as outputs and events one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headrace.definitions.assets.data_version import DataVersion, DataVersionsByPartition
from headrace.definitions.assets.events import AssetMaterialization, AssetObservation, MaterializeResult, ObserveResult
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.ops.expectation import ExpectationResult
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT, DynamicOutput, Output
from headrace.errors import InvariantViolationError
from headrace.execute.compute import is_generator, yielded

OUTPUTS = (Output, MaterializeResult, ObserveResult, AssetCheckResult)
EVENTS = (AssetMaterialization, AssetObservation, ExpectationResult)
_WHOLE = (MaterializeResult, ObserveResult, AssetCheckResult, DataVersion, DataVersionsByPartition)


UserResult = (
    Output[Any]
    | MaterializeResult[Any]
    | ObserveResult
    | AssetCheckResult
    | AssetMaterialization
    | AssetObservation
    | ExpectationResult
    | DataVersion
    | DataVersionsByPartition
)


def results_of(op: OpDefinition, result: Any) -> Iterator[UserResult]:
    """The outputs and events that the result of a call stands for.

    Raises:
        InvariantViolationError: the result does not fit the op's outputs.
    """
    if is_generator(result):
        for each in yielded(result):
            yield checked_yield(op, each)
    elif isinstance(result, _WHOLE):
        yield result
    elif len(op.outs) == 0:
        if result is not None:
            raise InvariantViolationError(f"{_title(op)} declares no outputs, but returned {_kind(result)}.")
    elif len(op.outs) == 1:
        yield from _single(op, result)
    else:
        yield from _several(op, result)


def checked_yield(op: OpDefinition, value: Any) -> UserResult:
    """What a generator yielded, if it may yield that."""
    if isinstance(value, Output):
        return _named(op, value)
    if isinstance(value, (*OUTPUTS, *EVENTS)):
        return value
    raise InvariantViolationError(
        f'Compute function for {op.node_type} "{op.name}" yielded a value of type {type(value)} rather than an instance of '
        "Output, AssetMaterialization, or ExpectationResult. Values yielded by ops must be wrapped in one of these types. If "
        "your op has a single output and yields no other events, you may want to use `return` instead of `yield`."
    )


def _named(op: OpDefinition, output: Output[Any]) -> Output[Any]:
    """An `Output` without a name of its own belongs to the only output there is."""
    if output.output_name not in op.outs and output.output_name == DEFAULT_OUTPUT and len(op.outs) == 1:
        return _renamed(output, next(iter(op.outs)))
    return output


def _single(op: OpDefinition, result: Any) -> Iterator[UserResult]:
    name, out = next(iter(op.outs.items()))
    if isinstance(result, Output):
        yield _named(op, result)
    elif isinstance(result, EVENTS):
        raise InvariantViolationError(
            f"{_title(op)} returned {_kind(result)}; return the value, and log the event with context.log_event."
        )
    elif out.is_dynamic and isinstance(result, list):
        yield from (_named(op, each) if isinstance(each, Output) else Output(each, name) for each in result)
    elif out.is_nothing and result is not None:
        raise InvariantViolationError(
            f"{_title(op)} returned {_kind(result)}, but its output {name!r} is declared as Nothing."
        )
    elif result is None and not out.is_required and out.is_nothing:
        return
    else:
        yield Output(result, name)


def _several(op: OpDefinition, result: Any) -> Iterator[UserResult]:
    names = list(op.outs)
    if isinstance(result, Output):
        yield result
        return
    if result is None and all(out.is_required and out.is_nothing for out in op.outs.values()):
        return
    if not isinstance(result, tuple) or len(result) != len(names):
        given = f"a tuple of {len(result)}" if isinstance(result, tuple) else _kind(result)
        if isinstance(result, (tuple, list)) and all(isinstance(each, OUTPUTS) for each in result):
            yield from result
            return
        raise InvariantViolationError(
            f"{_title(op)} has multiple outputs, but only one output was returned: {given}, for {', '.join(names)}. "
            "Return a tuple with a value for each, in order, or yield each as Output(value, output_name=...)."
        )
    for name, value in zip(names, result, strict=True):
        yield from _placed(op, name, value)


def _placed(op: OpDefinition, name: str, value: Any) -> Iterator[UserResult]:
    """A member of a returned tuple, which belongs to the output at its place."""
    if isinstance(value, _WHOLE):
        yield value
    elif isinstance(value, Output):
        if value.output_name not in (name, DEFAULT_OUTPUT):
            raise InvariantViolationError(
                f"{_title(op)} returned an Output for {value.output_name!r} at the place of {name!r}."
            )
        yield _renamed(value, name)
    else:
        yield Output(value, name)


def _renamed(output: Output[Any], name: str) -> Output[Any]:
    if isinstance(output, DynamicOutput):
        return DynamicOutput(output.value, output.mapping_key, name, output.metadata)
    return Output(output.value, name, output.metadata, output.data_version, tags=output.tags)


def _title(op: OpDefinition) -> str:
    return f"Op {op.name!r}"


def _kind(value: Any) -> str:
    return f"a value of type {type(value).__name__}"
