"""Asset keys."""

from __future__ import annotations

import pickle

import pytest

from headrace import AssetKey
from headrace.errors import InvalidDefinitionError, InvariantViolationError


def test_a_string_is_one_part_and_a_list_is_a_path() -> None:
    assert AssetKey("a/b").path == ["a/b"]
    assert AssetKey(["a", "b"]).path == ["a", "b"]
    assert AssetKey.from_user_string("a/b") == AssetKey(["a", "b"])


def test_keys_are_equal_hashed_and_ordered_by_their_parts() -> None:
    assert {AssetKey(["a", "b"]), AssetKey(("a", "b"))} == {AssetKey(["a", "b"])}
    assert AssetKey("a") != "a"
    assert sorted([AssetKey("b"), AssetKey(["a", "c"]), AssetKey("a")]) == [
        AssetKey("a"),
        AssetKey(["a", "c"]),
        AssetKey("b"),
    ]


@pytest.mark.parametrize("parts", [["a", "b"], ["a/b", "c"], ["back\\slash", "x"], ["a\\/b"]])
def test_escaped_text_is_read_back(parts: list[str]) -> None:
    key = AssetKey(parts)
    assert AssetKey.from_escaped_user_string(key.to_escaped_user_string()) == key


def test_text_forms() -> None:
    key = AssetKey(["my-db", "t.x"])
    assert key.to_user_string() == "my-db/t.x"
    assert key.to_string() == '["my-db", "t.x"]'
    assert key.to_python_identifier() == "my_db__t_x"
    assert key.to_python_identifier("suffix") == "my_db__t_x__suffix"
    assert repr(key) == "AssetKey(['my-db', 't.x'])"


def test_prefixes() -> None:
    key = AssetKey(["a", "b", "c"])
    assert key.has_prefix(["a", "b"]) and not key.has_prefix(["b"])
    assert AssetKey("c").with_prefix(["a", "b"]) == key
    assert AssetKey("c").with_prefix("a") == AssetKey(["a", "c"])


def test_keys_can_be_pickled_and_not_be_changed() -> None:
    key = AssetKey(["a", "b"])
    assert pickle.loads(pickle.dumps(key)) == key
    with pytest.raises(AttributeError):
        key.other = 1  # type: ignore[attr-defined]


def test_coercion_takes_keys_strings_and_paths_only() -> None:
    assert AssetKey.from_coercible("a") == AssetKey.from_coercible(["a"]) == AssetKey.from_coercible(AssetKey("a"))
    with pytest.raises(InvariantViolationError):
        AssetKey.from_coercible(5)  # type: ignore[arg-type]
    for bad in ("", [], ["a", ""], [1]):
        with pytest.raises(InvalidDefinitionError, match="non-empty strings"):
            AssetKey(bad)  # type: ignore[arg-type]
