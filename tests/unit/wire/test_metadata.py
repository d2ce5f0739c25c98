"""Metadata as entries."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

import headrace as dg
from headrace.definitions.metadata import values as kinds
from headrace.wire.metadata import to_metadata
from headrace.wire.recorded_metadata import from_metadata


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
        (dg.MetadataValue.notebook("/n.ipynb"), "notebook", "/n.ipynb"),
        (dg.MetadataValue.md("# title"), "markdown", "# title"),
        (dg.MetadataValue.run("run-1"), "run_id", "run-1"),
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


def test_the_columns_of_a_table_are_written_with_what_they_satisfy() -> None:
    unique = dg.TableColumnConstraints(nullable=False, unique=True, other=["> 0"])
    column = dg.TableColumn("n", "int", "A number.", unique, {"pii": "no"})
    schema = entry(dg.TableSchema([column], dg.TableConstraints(["sorted"]))).table_schema
    [written] = schema.columns
    assert (written.name, written.type, written.description) == ("n", "int", "A number.")
    assert written.required and written.unique and list(written.constraints) == ["> 0"]
    assert [(tag.key, tag.value) for tag in written.tags] == [("pii", "no")]
    assert list(schema.constraints) == ["sorted"]


def test_columns_say_which_columns_they_come_from() -> None:
    lineage = dg.TableColumnLineage({"b": [dg.TableColumnDep("up", "x")], "a": []})
    columns = entry(lineage).column_lineage.columns
    assert [each.column for each in columns] == ["a", "b"]
    assert list(columns[1].sources[0].asset_key.path) == ["up"] and columns[1].sources[0].column == "x"


def test_places_and_references_are_written_as_such() -> None:
    places = [dg.LocalFileCodeReference("/a.py", 3), dg.UrlCodeReference("https://x", "code")]
    written = entry(dg.MetadataValue.code_references(places)).code_references.references
    assert [(each.file_path, each.line, each.url, each.label) for each in written] == [
        ("/a.py", 3, "", ""),
        ("", 0, "https://x", "code"),
    ]
    assert entry(dg.MetadataValue.job("j", "here")).job.job_name == "j"
    assert entry(dg.MetadataValue.pool("p")).pool == "p"
    assert entry(dg.MetadataValue.notebook("/n.ipynb")).notebook == "/n.ipynb"


def test_what_is_too_large_is_left_out_and_says_so() -> None:
    written = to_metadata({"big": dg.MetadataValue.json({"x": "y" * 300_000}), "small": 1})
    assert "left out" in written[0].text
    assert written[1].int_value == 1


def test_entries_are_sorted_by_name() -> None:
    assert [each.name for each in to_metadata({"b": 1, "a": 2, "c": 3})] == ["a", "b", "c"]


EVERY_KIND = {
    "text": dg.MetadataValue.text("t"),
    "url": dg.MetadataValue.url("https://example.com"),
    "path": dg.MetadataValue.path("/data"),
    "notebook": dg.MetadataValue.notebook("/n.ipynb"),
    "json": dg.MetadataValue.json({"a": [1, None]}),
    "md": dg.MetadataValue.md("# m"),
    "artifact": dg.MetadataValue.python_artifact(dg.MetadataValue),
    "int": dg.MetadataValue.int(-3),
    "float": dg.MetadataValue.float(0.5),
    "bool": dg.MetadataValue.bool(False),
    "timestamp": dg.MetadataValue.timestamp(1_700_000_000.5),
    "null": dg.MetadataValue.null(),
    "asset": dg.MetadataValue.asset(dg.AssetKey(["a", "b"])),
    "run": dg.MetadataValue.run("run-1"),
    "job": dg.MetadataValue.job("nightly", "etl"),
    "pool": dg.MetadataValue.pool("db"),
    "code": dg.MetadataValue.code_references(
        [dg.LocalFileCodeReference("/src/a.py", 7, "here"), dg.UrlCodeReference("https://example.com/a.py")]
    ),
    "table": dg.MetadataValue.table(
        [dg.TableRecord({"s": "", "n": None, "i": 1, "f": 1.5, "b": True}), dg.TableRecord(dict.fromkeys("snifb"))],
        dg.TableSchema(
            [dg.TableColumn(name, "any") for name in "snifb"], dg.TableConstraints(["no two rows are alike"])
        ),
    ),
    "schema": dg.MetadataValue.table_schema(
        dg.TableSchema(
            [
                dg.TableColumn(
                    "id", "bigint", "names it", dg.TableColumnConstraints(False, True, ("> 0",)), {"pii": "no"}
                )
            ]
        )
    ),
    "lineage": dg.MetadataValue.column_lineage(
        dg.TableColumnLineage({"id": [dg.TableColumnDep(dg.AssetKey("raw"), "key")]})
    ),
}


def test_every_kind_is_read_back_as_it_was_written() -> None:
    back = from_metadata(to_metadata(EVERY_KIND))
    assert {type(value) for value in EVERY_KIND.values()} == set(_kinds())
    for name, value in EVERY_KIND.items():
        assert (name, back[name]) == (name, value)


def _kinds() -> list[type]:
    return [each for each in vars(kinds).values() if _is_kind(each)]


def _is_kind(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, dg.MetadataValue) and value is not dg.MetadataValue
