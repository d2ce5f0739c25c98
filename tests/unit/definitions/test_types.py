"""Runtime types."""

from __future__ import annotations

from typing import Any, Literal, Optional, Protocol, TypedDict, TypeVar, Union

import pytest

from headrace import HeadraceType, Nothing, PythonObjectType, TypeCheck, register_python_type
from headrace.definitions.ops.type_inference import runtime_type
from headrace.errors import InvalidDefinitionError, InvariantViolationError


class Thing:
    pass


class Shape(TypedDict):
    a: int


class Sized(Protocol):
    size: int


class Checked(Protocol):
    def go(self) -> None: ...


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (int, [1, True], ["1", 1.0, None]),
        (float, [1.0], [1, "x"]),
        (str, ["x"], [1]),
        (Thing, [Thing()], [1]),
        (Optional[int], [1, None], ["x"]),  # noqa: UP045
        (Union[int, str], [1, "x"], [1.5, None]),  # noqa: UP007
        (int | None, [1, None], ["x"]),
        (list, [[1, "a"]], [(1,)]),
        (list[int], [[1], []], [[1, "a"], (1,)]),
        (set[str], [{"a"}], [{1}]),
        (dict[str, int], [{"a": 1}], [{"a": "b"}, {1: 1}, []]),
        (tuple[int, str], [(1, "a")], [(1,), (1, 2), [1, "a"]]),
        (tuple[int, ...], [(1, 2), ()], [("a",)]),
        (Literal["a", "b"], ["a"], ["c"]),
        (dict, [{}], [[]]),
        (Shape, [{"a": 1}], [1]),
        (None, [None], [1]),
        (Any, [1, None, "x"], []),
        (Sized, [1], []),
        (TypeVar("T"), [1], []),
        (list[Thing | None], [[Thing(), None]], [[1]]),
    ],
)
def test_values_are_checked_against_annotations(annotation: Any, good: list, bad: list) -> None:
    found = runtime_type(annotation)
    assert all(found.type_check(None, value).success for value in good)
    assert not any(found.type_check(None, value).success for value in bad)


def test_a_mismatch_says_what_was_expected_and_what_came() -> None:
    assert runtime_type(int).type_check(None, "x").description == 'Value "x" of python type "str" must be a int.'
    assert runtime_type(list[int]).type_check(None, {"a": 1}).description == (
        'Value "{\'a\': 1}" of python type "dict" must be a list.'
    )
    long = runtime_type(int).type_check(None, "x" * 500).description
    assert long is not None and len(long) < 200


def test_types_are_made_once() -> None:
    assert runtime_type(dict[str, int]) is runtime_type(dict[str, int])
    assert runtime_type(None) is Nothing


def test_users_make_their_own() -> None:
    even = HeadraceType(lambda _context, value: value % 2 == 0, name="Even")
    told = HeadraceType(lambda _c, value: TypeCheck(value > 0, description="must be positive"), name="Positive")
    broken = HeadraceType(lambda _c, _v: "yes", name="Broken")  # type: ignore[arg-type, return-value]

    assert (even.type_check(None, 2).success, even.type_check(None, 3).success) == (True, False)
    assert told.type_check(None, -1).description == "must be positive"
    with pytest.raises(InvariantViolationError, match="Return value must be instance of TypeCheck or a bool"):
        broken.type_check(None, 1)
    with pytest.raises(InvalidDefinitionError, match="needs a name or a key"):
        HeadraceType(lambda _c, _v: True)


def test_a_class_may_stand_for_a_type_of_ones_own() -> None:
    class Money:
        pass

    mine = PythonObjectType(Money, name="Dollars")
    register_python_type(Money, mine)
    assert runtime_type(Money) is mine


def test_what_is_no_type_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="must be an instance of HeadraceType or a Python type"):
        runtime_type(lambda: None)
