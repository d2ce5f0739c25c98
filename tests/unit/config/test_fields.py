"""Config schemas in the form of plain Python: checking, defaults, and messages that name the place."""

from __future__ import annotations

import enum
from typing import Any, Optional

import pytest

from headrace import (
    Array,
    BoolSource,
    Enum,
    EnumValue,
    EnvVar,
    Field,
    IntSource,
    Map,
    Noneable,
    Permissive,
    ScalarUnion,
    Selector,
    Shape,
    StringSource,
)
from headrace.config.binding import OwnConfig, resolve_config
from headrace.config.fields import to_config_type, to_field
from headrace.config.issues import Report
from headrace.errors import InvalidConfigDefinitionError, InvalidConfigError


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


def final(schema, value=None):
    return resolve_config(OwnConfig(schema), value, "invalid:", ("config",))


def _scalar(path: str, value: object, python_type: type, expected: str) -> str:
    return (
        f'Invalid scalar at path root:{path}. Value "{value}" of type "{python_type}" is not valid for expected type '
        f'"{expected}".'
    )


def issues(schema, value) -> list[str]:
    with pytest.raises(InvalidConfigError) as raised:
        final(schema, value)
    return [str(issue) for issue in raised.value.issues]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (int, 3, 3),
        (float, 3, 3),
        (str, "x", "x"),
        (bool, False, False),
        (Any, {"a": [1]}, {"a": [1]}),
        (dict, {"a": 1}, {"a": 1}),
        (list, [1, "a"], [1, "a"]),
        ([int], [1, 2], [1, 2]),
        (list[int], [1], [1]),
        (Optional[int], None, None),  # noqa: UP045
        (dict[str, int], {"a": 1}, {"a": 1}),
        ({"a": int, "b": Field(str, default_value="x")}, {"a": 1}, {"a": 1, "b": "x"}),
        ({"a": {"b": Field(int, default_value=2)}}, None, {"a": {"b": 2}}),
        (Permissive({"a": int}), {"a": 1, "other": 2}, {"a": 1, "other": 2}),
        (Permissive(), {"x": 1}, {"x": 1}),
        (Selector({"a": int, "b": {}}), {"a": 1}, {"a": 1}),
        (Selector({"a": int, "b": {}}), "b", {"b": {}}),
        (Selector({"a": {"x": Field(int, default_value=1)}}), None, {"a": {"x": 1}}),
        (Map(str, int), {"a": 1}, {"a": 1}),
        (Array(str), ("a", "b"), ["a", "b"]),
        (Noneable({"a": int}), None, None),
        (ScalarUnion(str, {"a": int}), "x", "x"),
        (ScalarUnion(str, {"a": int}), {"a": 1}, {"a": 1}),
        (Enum("E", [EnumValue("A", 1), EnumValue("B")]), "A", 1),
        (Enum("E", [EnumValue("A", 1), EnumValue("B")]), "B", "B"),
        (Color, "RED", Color.RED),
        (Color, Color.BLUE, Color.BLUE),
        (Enum.from_python_enum_direct_values(Color), "RED", "r"),
        (Shape({"a": int}, field_aliases={"a": "A"}), {"A": 1}, {"a": 1}),
    ],
)
def test_what_user_code_sees(schema, value, expected) -> None:
    assert final(schema, value) == expected


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        (int, "a", _scalar("config", "a", str, "Int")),
        (int, True, _scalar("config", True, bool, "Int")),
        (str, 5, _scalar("config", 5, int, "String")),
        (int, None, 'Value at path root:config must not be None. Expected "Int"'),
        ({"a": int}, {"a": "x"}, _scalar("config:a", "x", str, "Int")),
        ({"a": int}, {}, 'Missing required config entry "a" at path root:config. You must provide this value'),
        ({"a": {"b": str}}, None, 'Missing required config entry "a" at path root:config.'),
        ({"a": int, "b": int}, {}, "Missing required config entries ['a', 'b'] at path root:config."),
        (
            {"a": int},
            {"a": 1, "c": 2},
            'Received unexpected config entry "c" at path root:config. Expected: "{ a: Int }"',
        ),
        ({}, {"a": 1, "c": 2}, "Received unexpected config entries \"['a', 'c']\" at path root:config."),
        ({"a": int}, [1], 'Value at path root:config must be dict. Expected: "{ a: Int }"'),
        ([int], "ab", 'Value at path root:config must be list. Expected: "[Int]"'),
        ([int], [1, "a"], _scalar("config[1]", "a", str, "Int")),
        (Map(str, int), {"a": "x"}, _scalar("config:a", "x", str, "Int")),
        (Map(int, int), {"a": 1}, _scalar("config:a", "a", str, "Int")),
        (
            Selector({"a": int, "b": int}),
            {},
            "Must specify a field at path root:config if more than one field is defined",
        ),
        (Selector({"a": int, "b": int}), {"a": 1, "b": 1}, "You can only specify a single field at path root:config."),
        (Selector({"a": int, "b": int}), {"c": 1}, 'Received unexpected config entry "c" at path root:config.'),
        (Selector({"a": int, "b": int}), 5, "Value for selector type at path root:config must be a dict"),
        (Color, "GREEN", "Value at path root:config not in enum type Color got GREEN; expected one of 'RED', 'BLUE'"),
        (StringSource, 5, _scalar("config", 5, int, "String")),
        (StringSource, {"environment": "X"}, 'Received unexpected config entry "environment" at path root:config.'),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_would_be_right(schema, value, message) -> None:
    assert any(each.startswith(message) for each in issues(schema, value)), issues(schema, value)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert len(issues({"a": int, "b": str, "c": {"d": bool}}, {"a": "x", "c": {"d": 1}, "e": 1})) == 4


def test_sources_are_read_from_the_environment_where_the_code_runs(monkeypatch) -> None:
    schema = {"s": StringSource, "i": IntSource, "b": Field(BoolSource, default_value={"env": "B"})}
    config = {"s": {"env": "S"}, "i": EnvVar("I")}
    checked = to_field(schema).config_type.check(config, (), Report())
    assert checked == {"s": {"env": "S"}, "i": {"env": "I"}, "b": {"env": "B"}}

    monkeypatch.setenv("S", "text")
    monkeypatch.setenv("I", "7")
    monkeypatch.setenv("B", "true")
    assert final(schema, config) == {"s": "text", "i": 7, "b": True}

    monkeypatch.delenv("S")
    monkeypatch.setenv("I", "seven")
    monkeypatch.setenv("B", "perhaps")
    told = issues(schema, config)
    assert [each.split(" ")[4] for each in told] == ["root:config:s", "root:config:i", "root:config:b"]
    assert not any("seven" in each or "perhaps" in each for each in told)


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("True", True), ("yes", True), ("0", False), ("off", False), ("", False)]
)
def test_words_for_true_and_false(text, value, monkeypatch) -> None:
    monkeypatch.setenv("FLAG", text)
    assert final(BoolSource, {"env": "FLAG"}) is value


def test_whether_a_field_is_required() -> None:
    assert Field(int).is_required
    assert not Field(int, is_required=False).is_required
    assert not Field(int, default_value=1).is_required
    assert not Field({"a": Field(int, default_value=1)}).is_required
    assert Field({"a": int}).is_required
    assert not Field(Noneable(int)).is_required and Field(Noneable(int)).default_value is None
    assert final({"a": Field(int, is_required=False)}, {}) == {}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Field(int, default_value=1, is_required=True), "drop one of the two"),
        (lambda: to_config_type([int, str]), "List must be of length 1"),
        (lambda: to_config_type(object()), "cannot be resolved. Reason: A config type is a Python primitive type"),
        (lambda: to_config_type({"a": complex}), "Error at stack path :a. <class 'complex'> cannot be resolved"),
        (lambda: Map([int], int), "must have a scalar type as its only key"),
        (lambda: ScalarUnion([int], int), "scalar_type must be a scalar type"),
    ],
)
def test_what_is_no_schema_is_refused(make, message) -> None:
    with pytest.raises(InvalidConfigDefinitionError) as raised:
        make()
    assert message in str(raised.value)


def test_a_default_that_does_not_fit_is_refused() -> None:
    with pytest.raises(
        InvalidConfigError, match=r"Invalid default_value for Field of type Int(.|\n)*Invalid scalar at the root"
    ):
        Field(int, default_value="x")


def test_a_dict_with_a_type_as_its_key_is_a_map() -> None:
    assert final({str: int}, {"a": 1}) == {"a": 1}
    with pytest.raises(InvalidConfigDefinitionError, match="Invalid key in map specification: 5"):
        to_config_type({5: int, "a": str})


def test_types_have_names_that_people_can_read() -> None:
    schema = {"a": int, "b": Field(Noneable([str]), is_required=False), "c": Selector({"x": int}), "d": Map(str, bool)}
    assert to_config_type(schema).name == "{ a: Int b?: [String]? c: { x: Int } d: { [String]: Bool } }"
    assert Permissive({"a": int}).name == "{ a: Int }" and Permissive().name == "{ }"
