"""Values of definitions as text and back."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from headrace.compat import dagster as dg
from headrace.errors import InvalidInvocationError

LETTERS = dg.StaticPartitionsDefinition(["a", "b"])
DAYS = dg.DailyPartitionsDefinition("2023-01-01", timezone="America/New_York")
VALUES: list[Any] = [
    {"a": [1, 2.5, None, True, "x"]},
    {1, 2},
    frozenset(),
    (1, ("two",)),
    datetime(2024, 1, 1, tzinfo=timezone.utc),
    timedelta(days=1),
    dg.AssetKey(["a", "b"]),
    dg.AssetCheckSeverity.WARN,
    DAYS,
    dg.MultiPartitionsDefinition({"day": DAYS, "letter": LETTERS}),
    dg.MultiPartitionKey({"day": "2023-01-02", "letter": "a"}),
    dg.StaticPartitionMapping({"a": {"x", "y"}, "b": "z"}),
    dg.RunRequest(run_key="k", tags={"a": "b"}, asset_selection=[dg.AssetKey("k")]),
    LETTERS.subset_with_partition_keys(["b"]),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_read_again(value: Any) -> None:
    assert dg.deserialize_value(dg.serialize_value(value), type(value)) == value


def test_plain_values_are_plain_json() -> None:
    assert dg.serialize_value({"a": [1, "x", None]}) == '{"a": [1, "x", null]}'
    assert dg.deserialize_value('{"foo": "bar"}', as_type=dict) == {"foo": "bar"}


def test_another_process_finds_a_key_that_it_reads_in_a_dict() -> None:
    code = (
        "import sys; from headrace.compat import dagster as dg; "
        "print(dg.deserialize_value(sys.argv[1]) in {dg.AssetKey(['a', 'b']): 1})"
    )
    text = dg.serialize_value(dg.AssetKey(["a", "b"]))
    done = subprocess.run([sys.executable, "-c", code, text], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "True\n"


def test_the_wrong_type_is_refused() -> None:
    with pytest.raises(InvalidInvocationError, match="was not expected type"):
        dg.deserialize_value("{}", dg.AssetKey)


@pytest.mark.parametrize(
    "text",
    ["no json", '{"__class__": "os:system", "__items__": ["true"]}', '{"__class__": "headrace.definitions.source:os"}'],
)
def test_nothing_but_classes_of_definitions_is_made(text: str) -> None:
    with pytest.raises(InvalidInvocationError, match="was not made by serialize_value"):
        dg.deserialize_value(text)


def test_what_cannot_be_serialized_is_named() -> None:
    with pytest.raises(InvalidInvocationError, match="<object object .* cannot be serialized"):
        dg.serialize_value({"a": [object()]})
