"""Metadata as entries."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

import headrace as dg
from headrace.wire.metadata import to_metadata


def entry(value: Any) -> Any:
    [written] = to_metadata({"name": value})
    assert written.name == "name"
    return written


@pytest.mark.parametrize(
    ("value", "field", "expected"),
    [
        ("plain", "text", "plain"),
        (7, "int_value", 7),
        (True, "bool_value", True),
        (2.5, "float_value", 2.5),
        (dg.MetadataValue.url("https://example.com"), "url", "https://example.com"),
        (dg.MetadataValue.path("/data/x"), "path", "/data/x"),
        (dg.MetadataValue.notebook("/n.ipynb"), "path", "/n.ipynb"),
        (dg.MetadataValue.md("# title"), "markdown", "# title"),
        (dg.MetadataValue.run("run-1"), "run_id", "run-1"),
        (dg.MetadataValue.job("a_job", "here"), "text", "a_job"),
        (2**70, "text", str(2**70)),
    ],
)
def test_each_kind_has_its_field(value: Any, field: str, expected: Any) -> None:
    written = entry(value)
    assert (written.WhichOneof("value"), getattr(written, field)) == (field, expected)


def test_values_made_of_other_messages() -> None:
    assert json.loads(entry({"b": [1, 2]}).json.text) == {"b": [1, 2]}
    assert list(entry(dg.AssetKey(["a", "b"])).asset.path) == ["a", "b"]
    assert entry(None).WhichOneof("value") == "null_value"
    moment = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
    assert entry(dg.MetadataValue.timestamp(moment)).timestamp.ToSeconds() == int(moment.timestamp())


def test_a_table_has_its_cells_in_the_order_of_the_columns() -> None:
    records = [dg.TableRecord({"name": "a", "rows": 1}), dg.TableRecord({"name": None, "rows": 2})]
    table = entry(dg.MetadataValue.table(records)).table
    assert [(column.name, column.type) for column in table.columns] == [("name", "string"), ("rows", "int")]
    assert [list(row.cells) for row in table.rows] == [["a", "1"], ["", "2"]]


def test_a_long_table_is_cut_at_a_thousand_rows() -> None:
    table = dg.MetadataValue.table([dg.TableRecord({"n": number}) for number in range(1500)])
    assert len(entry(table).table.rows) == 1000


def test_a_kind_that_the_contract_does_not_know_is_written_as_json() -> None:
    schema = dg.TableSchema([dg.TableColumn("n", "int")])
    assert json.loads(entry(schema).json.text)["columns"][0]["name"] == "n"


def test_what_is_too_large_is_left_out_and_says_so() -> None:
    written = to_metadata({"big": dg.MetadataValue.json({"x": "y" * 300_000}), "small": 1})
    assert "left out" in written[0].text
    assert written[1].int_value == 1


def test_entries_are_sorted_by_name() -> None:
    assert [each.name for each in to_metadata({"b": 1, "a": 2, "c": 3})] == ["a", "b", "c"]
