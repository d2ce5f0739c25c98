"""Metadata and tags."""

from __future__ import annotations

import pickle
from datetime import datetime, timezone
from pathlib import Path

import pytest

from headrace import AssetKey, MetadataValue, TableColumn, TableColumnDep, TableColumnLineage, TableRecord, TableSchema
from headrace.definitions.metadata import values as m
from headrace.definitions.metadata.values import normalize_metadata, to_metadata_value
from headrace.definitions.tags import kind_tags, kinds_of, normalize_tags, validate_definition_tags
from headrace.errors import InvalidDefinitionError

SCHEMA = TableSchema([TableColumn("a", "int"), TableColumn("b", "string")])
LINEAGE = TableColumnLineage({"a": [TableColumnDep("up", "x")]})


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("x", MetadataValue.text("x")),
        (True, MetadataValue.bool(True)),
        (3, MetadataValue.int(3)),
        (2.5, MetadataValue.float(2.5)),
        (None, MetadataValue.null()),
        ({"a": [1]}, MetadataValue.json({"a": [1]})),
        ([1, 2], MetadataValue.json([1, 2])),
        (Path("/tmp/x"), MetadataValue.path("/tmp/x")),
        (AssetKey("a"), MetadataValue.asset(AssetKey("a"))),
        (SCHEMA, MetadataValue.table_schema(SCHEMA)),
        (LINEAGE, MetadataValue.column_lineage(LINEAGE)),
        (datetime(2024, 1, 1, tzinfo=timezone.utc), MetadataValue.timestamp(1704067200.0)),
        (dict, MetadataValue.python_artifact(dict)),
    ],
)
def test_plain_values_speak_for_themselves(plain, expected) -> None:
    assert to_metadata_value(plain) == expected
    assert type(to_metadata_value(plain)) is type(expected)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (MetadataValue.text("x"), "x"),
        (MetadataValue.url("https://x"), "https://x"),
        (MetadataValue.path("/x"), "/x"),
        (MetadataValue.notebook("/x.ipynb"), "/x.ipynb"),
        (MetadataValue.md("# x"), "# x"),
        (MetadataValue.json({"a": 1}), {"a": 1}),
        (MetadataValue.int(1), 1),
        (MetadataValue.float(1.5), 1.5),
        (MetadataValue.bool(False), False),
        (MetadataValue.null(), None),
        (MetadataValue.run("r"), "r"),
        (MetadataValue.job("j", "loc"), "j"),
        (MetadataValue.python_artifact(Path), f"{Path.__module__}.Path"),
        (MetadataValue.asset(AssetKey("a")), AssetKey("a")),
        (MetadataValue.timestamp(5.0), 5.0),
        (MetadataValue.column_lineage(LINEAGE), LINEAGE),
    ],
)
def test_values_give_back_what_they_hold_and_can_be_pickled(value: MetadataValue, plain) -> None:
    assert value.value == plain
    assert pickle.loads(pickle.dumps(value)) == value
    assert isinstance(value, MetadataValue)


def test_every_kind_needs_its_content() -> None:
    for kind in (m.TextMetadataValue, m.UrlMetadataValue, m.PathMetadataValue, m.IntMetadataValue):
        with pytest.raises(TypeError):
            kind()  # type: ignore[call-arg]


def test_a_table_has_the_columns_of_its_records() -> None:
    table = MetadataValue.table([TableRecord({"a": 1, "b": "x"}), TableRecord({"a": 2, "b": "y"})])
    assert [(column.name, column.type) for column in table.schema.columns] == [("a", "int"), ("b", "string")]
    with pytest.raises(InvalidDefinitionError, match=r"Record 1 of the table has the columns \['a'\]"):
        MetadataValue.table([TableRecord({"a": 1, "b": 2}), TableRecord({"a": 1})])
    with pytest.raises(InvalidDefinitionError, match="needs a schema"):
        MetadataValue.table([])
    with pytest.raises(InvalidDefinitionError, match="column 'a' holds a list"):
        TableRecord({"a": []})  # type: ignore[dict-item]
    assert TableSchema.from_name_type_dict({"a": "int", "b": "string"}) == SCHEMA


def test_what_cannot_be_metadata_is_refused_with_its_key() -> None:
    with pytest.raises(InvalidDefinitionError, match="Metadata 'k': A object cannot be metadata; wrap it"):
        normalize_metadata({"k": object()})
    with pytest.raises(InvalidDefinitionError, match="Metadata keys are strings, not 5"):
        normalize_metadata({5: "x"})  # type: ignore[dict-item]
    with pytest.raises(InvalidDefinitionError, match="cannot be written as JSON"):
        MetadataValue.json({"a": object()})
    with pytest.raises(InvalidDefinitionError, match="needs a time zone"):
        MetadataValue.timestamp(datetime(2024, 1, 1))


def test_tags_are_strings_and_other_values_are_written_as_json() -> None:
    assert normalize_tags({"a": "x", "b": 1, "c": {"d": [True]}}, "tags") == {"a": "x", "b": "1", "c": '{"d": [true]}'}
    with pytest.raises(InvalidDefinitionError, match="what: a tag's key is a non-empty string, not ''"):
        normalize_tags({"": "x"}, "what")


def test_kinds_are_kept_as_tags() -> None:
    assert kinds_of(kind_tags(["sql", "python"], "x")) == {"sql", "python"}
    assert kinds_of({"dagster/kind/dbt": "", "other": ""}) == {"dbt"}
    with pytest.raises(InvalidDefinitionError, match="kinds is a set or list of strings, not the string 'python'"):
        kind_tags("python", "x")


@pytest.mark.parametrize("tags", [{"a": ""}, {"ns/a-b.c": "x_y"}, {"dagster/anything": "goes {here}"}])
def test_tags_of_assets_are_plain(tags) -> None:
    assert validate_definition_tags(tags, "x") == tags


@pytest.mark.parametrize("tags", [{"a/b/c": ""}, {"ä": ""}, {"a" * 64: ""}, {"a": "b c"}, {"a": "x" * 64}])
def test_tags_of_assets_that_are_not_plain_are_refused(tags) -> None:
    with pytest.raises(InvalidDefinitionError):
        validate_definition_tags(tags, "x")
