"""Inputs and outputs of an op from its function's signature and what the decorator declares."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

from headrace.definitions.docstrings import Described
from headrace.definitions.naming import check_name
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT, DynamicOut, DynamicOutput, Out
from headrace.definitions.ops.signature import Parameter, Signature
from headrace.definitions.ops.types import Nothing
from headrace.errors import InvalidDefinitionError, InvariantViolationError
from headrace.undefined import UNDEFINED


def inputs_of(signature: Signature, declared: Mapping[str, In], said: Described, what: str) -> dict[str, In]:
    """Inputs by name: the parameters, in their order, then declared inputs that carry no value.

    Args:
        signature: The function's.
        declared: What the decorator says.
        said: What the function's docstring says.
        what: What the function belongs to, for messages.
    """
    ins: dict[str, In] = {}
    for parameter in signature.inputs:
        given = declared.get(parameter.name, _NO_IN)
        ins[parameter.name] = _complete(what, parameter, given, said.parameters.get(parameter.name))
    for name, given in declared.items():
        if name in ins:
            if given.is_nothing:
                raise InvalidDefinitionError(
                    f"{what}: the function has a parameter for input {name!r} of type Nothing, which should not be included since "
                    "no data will be passed for it."
                )
        elif given.is_nothing and given.has_default_value:
            raise InvalidDefinitionError(
                f"{what}: input {name!r} of type Nothing has a default value, but no data will be passed for it."
            )
        elif given.is_nothing or signature.takes_any:
            ins[name] = given
        else:
            check_name(name, f"{what}: the input")
            known = ", ".join(repr(each) for each in ins) or "none"
            raise InvalidDefinitionError(
                f"{what}: `ins` names {name!r}, but the function has no such parameter; it has: {known}."
            )
    return ins


_NO_IN = In()


def _complete(what: str, parameter: Parameter, given: In, description: str | None) -> In:
    name, annotation = parameter.name, parameter.annotation
    if annotation is None or annotation is type(None) or annotation is Nothing:
        raise InvalidDefinitionError(
            f"{what}: input {name!r} is annotated with Nothing: no data will be passed for it. Nothing must be used via In() and "
            "no parameter should be included in the @op decorated function."
        )
    found = given.completed_by(annotation, parameter.default, description)
    if found.has_default_value and found.type.is_scalar:
        check = found.type.type_check(None, found.default_value)
        if not check.success and found.default_value is not None:
            raise InvalidDefinitionError(
                f"{what}: Type check failed for the default_value of InputDefinition {name} of type "
                f"{found.type.display_name}: {check.description}"
            )
    return found


def outputs_of(signature: Signature, out: Out | Mapping[str, Out] | None, said: Described, what: str) -> dict[str, Out]:
    """Outputs by name, with their types taken from the return annotation where they leave it open.

    Args:
        signature: The function's.
        out: What the decorator says.
        said: What the function's docstring says.
        what: What the function belongs to, for messages.
    """
    _refuse_bare_dynamic(signature.returns)
    returned = _value_annotation(signature)
    if out is None:
        kind = DynamicOut if _is_list_of_dynamic(signature.returns) else Out
        return {DEFAULT_OUTPUT: kind(dagster_type=returned, description=said.returns)}
    if isinstance(out, Out):
        return {DEFAULT_OUTPUT: out.completed_by(returned, said.returns)}
    if len(out) == 1:
        return {name: each.completed_by(returned, said.returns) for name, each in out.items()}
    return _from_tuple(signature, dict(out), what)


def _from_tuple(signature: Signature, outs: dict[str, Out], what: str) -> dict[str, Out]:
    annotation = signature.returns
    if typing.get_origin(annotation) is not tuple:
        if isinstance(annotation, type) and not signature.is_generator and _is_single(annotation):
            raise InvariantViolationError(
                f"{what}: Expected Tuple annotation for multiple outputs, but received non-tuple annotation. It is "
                f"{annotation.__name__}."
            )
        return outs
    members = typing.get_args(annotation)
    if len(members) == 2 and members[1] is Ellipsis:
        return outs
    if len(members) != len(outs):
        if all(map(_is_output_event, members)):
            # Each says itself which output it is for, and one may bring along what is for several.
            return outs
        raise InvariantViolationError(
            f"{what}: Expected Tuple annotation to have number of entries matching the number of outputs for more than one "
            f"output. Expected {len(outs)} outputs but annotation has {len(members)}."
        )
    return {
        name: out.completed_by(_unwrap_output(member))
        for (name, out), member in zip(outs.items(), members, strict=True)
    }


def _is_single(annotation: type) -> bool:
    """Whether a value of a type can only be one of several outputs, and never all of them."""
    return annotation in (int, float, str, bytes, bool, complex)


def _value_annotation(signature: Signature) -> Any:
    if signature.returns is UNDEFINED or signature.is_generator:
        return Any
    return _unwrap_output(signature.returns)


def _unwrap_output(annotation: Any) -> Any:
    """What the value of an output is, where the annotation is about the object that carries it.

    `Output[int]` carries an int; what a bare `Output`, a list of them or a union with one carries can be anything.
    """
    if _is_list_of_dynamic(annotation):
        annotation = typing.get_args(annotation)[0]
    if _is_output_event(typing.get_origin(annotation)):
        return typing.get_args(annotation)[0]
    return Any if _mentions_output_event(annotation) else annotation


def _is_list_of_dynamic(annotation: Any) -> bool:
    """Whether it is `list[DynamicOutput]` or `list[DynamicOutput[...]]`."""
    members = typing.get_args(annotation) if typing.get_origin(annotation) is list else ()
    return bool(members) and _is_dynamic(members[0])


def _is_dynamic(annotation: Any) -> bool:
    return annotation is DynamicOutput or typing.get_origin(annotation) is DynamicOutput


def _refuse_bare_dynamic(annotation: Any) -> None:
    if _is_dynamic(annotation):
        raise InvariantViolationError(
            "Op annotated with return type DynamicOutput. DynamicOutputs can only be returned in the context of a List. If "
            "only one output is needed, use the Output API."
        )


def _mentions_output_event(annotation: Any) -> bool:
    return _is_output_event(annotation) or any(
        _is_output_event(typing.get_origin(each)) or _mentions_output_event(each)
        for each in typing.get_args(annotation)
    )


def _is_output_event(annotation: Any) -> bool:
    return bool(getattr(annotation, "is_output_event", False))
