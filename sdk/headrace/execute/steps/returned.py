"""What a function returned or yielded, as outputs and events one by one."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Sequence
from typing import Any

from headrace.definitions.assets.data_version import DataVersion, DataVersionsByPartition
from headrace.definitions.assets.events import AssetMaterialization, AssetObservation, MaterializeResult, ObserveResult
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.ops.expectation import ExpectationResult
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT, DynamicOutput, Output
from headrace.errors import InvariantViolationError, TypeCheckError
from headrace.execute.steps.compute import is_generator, yielded
from headrace.undefined import UNDEFINED

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


def results_of(op: OpDefinition, result: Any, *, explicit: bool = False) -> Iterator[UserResult]:
    """The outputs and events that the result of a call stands for.

    Args:
        op: What was called.
        result: What it returned.
        explicit: Whether only objects that say so are outputs, and plain values are none.

    Raises:
        InvariantViolationError: the result does not fit the op's outputs.
    """
    if is_generator(result):
        for each in yielded(result):
            yield checked_yield(op, each)
    elif isinstance(result, _WHOLE):
        yield result
    elif explicit and not _is_explicit(result):
        return
    elif len(op.outs) == 0:
        if result is not None:
            raise InvariantViolationError(f"{_title(op)} declares no outputs, but returned {_kind(result)}.")
    elif len(op.outs) == 1:
        yield from _single(op, result)
    else:
        yield from _several(op, result)


def _is_explicit(result: Any) -> bool:
    parts = result if isinstance(result, (tuple, list)) else [result]
    return bool(parts) and all(isinstance(each, OUTPUTS) for each in parts)


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
    if isinstance(result, EVENTS):
        raise InvariantViolationError(
            f"{_error(op)}: it returned {_kind(result)}. If you are returning an AssetMaterialization or an ExpectationResult "
            "from op you must yield them directly, or log them with context.log_event, to avoid ambiguity with an implied "
            "result from returning a value."
        )
    if out.is_nothing and result is not None and not isinstance(result, Output):
        raise TypeCheckError(
            f"{_title(op)} returned {_kind(result)}, but its output {name!r} is declared as Nothing. It may return None, or what "
            "tells of an asset or a check: a MaterializeResult, an AssetCheckResult, or a DataVersion or an ObserveResult of "
            "what is only looked at."
        )
    if result is None and not out.is_required and out.is_nothing:
        return
    yield from _placed(op, 0, name, result, op.signature.returns)


def _several(op: OpDefinition, result: Any) -> Iterator[UserResult]:
    names = list(op.outs)
    if result is None and all(out.is_required and out.is_nothing for out in op.outs.values()):
        return
    events = isinstance(result, tuple) and result and all(isinstance(each, OUTPUTS) for each in result)
    if events and (len(result) != len(names) or any(isinstance(each, _WHOLE) for each in result)):
        yield from result
        return
    if not isinstance(result, tuple):
        raise InvariantViolationError(
            f"{_title(op)} has multiple outputs, but only one output was returned: {_kind(result)}, for {', '.join(names)}. "
            "When using multiple outputs, either yield each output, or return a tuple containing a value for each output."
        )
    if len(result) != len(names):
        raise InvariantViolationError(
            f'Length mismatch between returned tuple of outputs and number of outputs of op "{op.name}": the tuple has '
            f"{len(result)}, the op {len(names)}: {', '.join(names)}."
        )
    annotations = _member_annotations(op.signature.returns, len(names))
    for place, (name, value) in enumerate(zip(names, result, strict=True)):
        yield from _placed(op, place, name, value, annotations[place])


def _member_annotations(annotation: Any, count: int) -> Sequence[Any]:
    members = typing.get_args(annotation) if typing.get_origin(annotation) is tuple else ()
    return members if len(members) == count else [UNDEFINED] * count


def _placed(op: OpDefinition, place: int, name: str, value: Any, annotation: Any) -> Iterator[UserResult]:
    """What was returned for one output, by itself or in a tuple."""
    if isinstance(value, _WHOLE):
        yield value
    elif op.outs[name].is_dynamic:
        yield from _dynamic(op, place, name, value)
    else:
        _check_carrier(op, name, value, annotation)
        if isinstance(value, Output):
            _check_name(value, place, name)
            value = _renamed(value, name)
        yield value if isinstance(value, Output) else Output(value, name)


def _dynamic(op: OpDefinition, place: int, name: str, values: Any) -> Iterator[Output[Any]]:
    expected = f"{_error(op)}: dynamic output '{name}'"
    if not isinstance(values, list):
        raise InvariantViolationError(
            f"{expected} expected a list of DynamicOutput objects, but instead received instead an object of type "
            f"{type(values)}."
        )
    for value in values:
        if not isinstance(value, DynamicOutput):
            raise InvariantViolationError(
                f"{expected} at position {place} expected a list of DynamicOutput objects, but received an item with type "
                f"{type(value)}."
            )
        _check_name(value, place, name)
        yield _renamed(value, name)


def _check_carrier(op: OpDefinition, name: str, value: Any, annotation: Any) -> None:
    """Refuses an `Output` where the annotation promises the value, and the other way round."""
    if annotation in (UNDEFINED, Any, None) or isinstance(annotation, str):
        return
    promised = _is_output(annotation)
    if promised and not isinstance(value, Output):
        raise InvariantViolationError(
            f"{_error(op)}: output '{name}' has generic output annotation, but did not receive an Output object for this "
            f"output. Received instead an object of type {type(value)}."
        )
    if not promised and isinstance(value, Output) and _is_plain(annotation):
        raise InvariantViolationError(
            f"{_error(op)}: received Output object for output '{name}' which does not have an Output annotation. "
            f"Annotation has type {annotation}."
        )


def _is_output(annotation: Any) -> bool:
    return annotation is Output or typing.get_origin(annotation) is Output


def _is_plain(annotation: Any) -> bool:
    """Whether it is the type of a value, and not of something that may carry one."""
    return annotation in (int, float, str, bool, list, dict, set, tuple)


def _check_name(value: Output[Any], place: int, name: str) -> None:
    if value.output_name not in (name, DEFAULT_OUTPUT):
        raise InvariantViolationError(
            f"Bad output: Output was explicitly named '{value.output_name}', which does not match the output definition "
            f"specified for position {place}: '{name}'."
        )


def _renamed(output: Output[Any], name: str) -> Output[Any]:
    if isinstance(output, DynamicOutput):
        return DynamicOutput(output.value, output.mapping_key, name, output.metadata)
    return Output(output.value, name, output.metadata, output.data_version, tags=output.tags)


def _error(op: OpDefinition) -> str:
    return f'Error with output for {op.node_type} "{op.name}"'


def _title(op: OpDefinition) -> str:
    return f"Op {op.name!r}"


def _kind(value: Any) -> str:
    return f"a value of type {type(value).__name__}"
