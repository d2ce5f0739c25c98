"""`@op`: what a function's signature and the decorator's arguments say together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

import headrace as dg
from headrace import In, Nothing, Out, Output, op
from headrace.definitions.ops.signature import signature_of
from headrace.errors import InvalidDefinitionError, InvariantViolationError

if TYPE_CHECKING:
    from somewhere import OnlyForTypeCheckers  # type: ignore[import-not-found]


def type_names(fields) -> dict[str, str]:
    return {name: each.type.display_name for name, each in fields.items()}


def test_it_is_used_with_and_without_arguments() -> None:
    @op
    def plain():
        """What it does."""

    @op(name="named", description="Given", tags={"a": 1}, code_version="1", pool="p")
    def other(): ...

    assert (plain.name, plain.description) == ("plain", "What it does.")
    assert (other.name, other.description, other.tags, other.code_version, other.pool) == (
        "named",
        "Given",
        {"a": "1"},
        "1",
        "p",
    )
    assert plain.__wrapped__.__name__ == "plain"  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["context", "_context", "context_", "_"])
def test_the_first_parameter_may_be_the_context_by_name(name: str) -> None:
    namespace: dict[str, Any] = {}
    exec(f"def f({name}, x): ...", namespace)
    assert list(op(namespace["f"]).ins) == ["x"]


def test_the_first_parameter_may_be_the_context_by_annotation() -> None:
    @op
    def work(ctx: dg.OpExecutionContext, x): ...

    assert list(work.ins) == ["x"]
    assert work.signature.context == "ctx"


def test_annotations_and_defaults_describe_the_inputs() -> None:
    @op
    def work(a: int, b: str | None = None, c=5, d: list[int] = ()): ...

    assert type_names(work.ins) == {"a": "Int", "b": "String?", "c": "Any", "d": "[Int]"}
    assert [each.has_default_value for each in work.ins.values()] == [False, True, True, True]
    assert work.ins["c"].default_value == 5


def test_ins_complete_what_the_signature_says() -> None:
    @op(ins={"a": In(str, description="A", metadata={"m": 1}), "start": In(Nothing), "b": In(default_value=7)})
    def work(a, b: int): ...

    assert type_names(work.ins) == {"a": "String", "b": "Int", "start": "Nothing"}
    assert (work.ins["a"].description, work.ins["b"].default_value) == ("A", 7)


def test_an_annotation_that_only_type_checkers_know_says_nothing() -> None:
    @op
    def work(a: OnlyForTypeCheckers) -> OnlyForTypeCheckers: ...

    assert type_names(work.ins) == {"a": "Any"}
    assert type_names(work.outs) == {"result": "Any"}


def test_classes_of_the_surrounding_function_are_found() -> None:
    class Local:
        pass

    @op
    def work(a: Local): ...

    assert type_names(work.ins) == {"a": "Local"}


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("int", "Int"),
        ("None", "Nothing"),
        ("Output[int]", "Int"),
        ("Output", "Any"),
        ("dg.MaterializeResult", "Any"),
        ("dg.MaterializeResult[str]", "String"),
        ("Optional[Output[int]]", "Any"),
        ("Iterator[Output[int]]", "Any"),
        ("list[dg.MaterializeResult]", "Any"),
        ("tuple[int, str]", "Tuple[Int,String]"),
        ("Any", "Any"),
    ],
)
def test_the_return_annotation_describes_the_output(annotation: str, expected: str) -> None:
    def work(): ...

    work.__annotations__ = {"return": annotation}
    assert type_names(op(work).outs) == {"result": expected}


def test_a_generator_says_nothing_about_its_values() -> None:
    @op
    def work() -> Iterator[int]:
        yield 1

    assert type_names(work.outs) == {"result": "Any"}


def test_several_outputs_take_their_types_from_a_tuple() -> None:
    @op(out={"a": Out(), "b": Out(io_manager_key="wh", is_required=False), "c": Out(str)})
    def work() -> tuple[int, Output[float], Any]: ...

    assert type_names(work.outs) == {"a": "Int", "b": "Float", "c": "String"}
    assert (work.outs["b"].io_manager_key, work.outs["b"].is_required) == ("wh", False)
    with pytest.raises(InvariantViolationError, match="Expected 2 outputs but annotation has 1"):

        @op(out={"a": Out(), "b": Out()})
        def wrong() -> tuple[int]: ...


def test_old_names_of_scalars_are_types_as_well() -> None:
    @op(ins={"a": In(dg.Int), "b": In(dg.String)}, out=Out(dg.Bool))
    def work(a, b): ...

    assert type_names({**work.ins, **work.outs}) == {"a": "Int", "b": "String", "result": "Bool"}


def test_kwargs_take_declared_inputs() -> None:
    @op(ins={"x": In(), "y": In()})
    def work(**kwargs): ...

    assert list(work.ins) == ["x", "y"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ins": {"b": In()}}, "`ins` names 'b', but the function has no such parameter; it has: 'a'"),
        (
            {"ins": {"a": In(Nothing)}},
            "input 'a' of type Nothing, which should not be included since no data will be passed for it",
        ),
        ({"name": "a b"}, "'a b' is not a valid name"),
        ({"name": "input"}, '"input" is not a valid name, as it is reserved'),
        ({"tags": {"a": object()}}, "Invalid value for tag 'a': it is neither a string, nor can it be made one"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict, message: str) -> None:

    def work(a): ...

    with pytest.raises(InvalidDefinitionError) as raised:
        op(**arguments)(work)
    assert message in str(raised.value)


def test_only_functions_with_named_parameters_are_taken() -> None:
    with pytest.raises(
        InvalidDefinitionError, match=r"'work' decorated function has positional vararg parameter '\*values'"
    ):

        @op
        def work(*values): ...

    with pytest.raises(InvalidDefinitionError, match="@op decorates a function, not 5"):
        op(5)  # type: ignore[call-overload]


def test_generators_and_coroutines_are_recognized() -> None:
    async def coroutine(): ...

    async def async_generator():
        yield 1

    def generator():
        yield 1

    found = [signature_of(each) for each in (coroutine, async_generator, generator)]
    assert [(each.is_async, each.is_generator) for each in found] == [(True, False), (True, True), (False, True)]


def test_it_is_called_like_its_function() -> None:
    @op
    def plus(a, b=2):
        return a + b

    assert (plus(1), plus(1, b=5), plus(a=1, b=1)) == (3, 6, 2)
