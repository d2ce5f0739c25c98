"""Metadata: what definitions and events show to people."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, cast

from headrace.api.types.v1.metadata_pb2 import (
    CodeArtifact,
    CodeReference,
    CodeReferences,
    JobReference,
    MetadataEntry,
    NullValue,
)
from headrace.definitions.metadata import values as values
from headrace.definitions.metadata.code_references import LocalFileCodeReference, UrlCodeReference
from headrace.errors import InvalidArgumentError
from headrace.wire.asset_keys import to_asset_key
from headrace.wire.moments import to_timestamp
from headrace.wire.payloads import to_json_payload
from headrace.wire.tables import to_column_lineage, to_table, to_table_schema
from headrace.wire.text import clip

_INT64 = 1 << 63

Fields = dict[str, Any]


def to_metadata(metadata: Mapping[str, Any]) -> list[MetadataEntry]:
    """Writes metadata, sorted by name; a value too large for the contract is replaced by a note that says so."""
    known = values.normalize_metadata(metadata, allow_invalid=True)
    return [_entry(name, known[name]) for name in sorted(known)]


def _entry(name: str, value: values.MetadataValue) -> MetadataEntry:
    try:
        return MetadataEntry(name=name, **_fields(value))
    except InvalidArgumentError as error:
        return MetadataEntry(name=name, text=f"left out: {error}")


def _fields(value: values.MetadataValue) -> Fields:
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    return _json(_plain(value))


def _text(field: str) -> Callable[[Any], Fields]:
    return lambda value: {field: clip(value.value)} if value.value is not None else _null(value)


def _number(field: str) -> Callable[[Any], Fields]:
    def write(value: Any) -> Fields:
        if value.value is None:
            return _null(value)
        if field == "int_value" and not -_INT64 <= value.value < _INT64:
            return {"text": str(value.value)}
        return {field: value.value}

    return write


def _null(_value: Any) -> Fields:
    return {"null_value": NullValue()}


def _json(data: Any) -> Fields:
    return {"json": to_json_payload(data, "metadata")}


def _table(value: values.TableMetadataValue) -> Fields:
    return {"table": to_table(value.records, value.schema)}


def _code_references(value: values.CodeReferencesMetadataValue) -> CodeReferences:
    return CodeReferences(references=[_code_reference(each) for each in value.code_references])


def _code_reference(place: LocalFileCodeReference | UrlCodeReference) -> CodeReference:
    if isinstance(place, UrlCodeReference):
        return CodeReference(url=place.url, label=place.label or "")
    return CodeReference(file_path=place.file_path, line=place.line_number or 0, label=place.label or "")


def _plain(value: Any) -> Any:
    """A value of a kind that the contract has no field for, as what JSON can say."""
    inner = value.value
    if dataclasses.is_dataclass(inner) and not isinstance(inner, type):
        return dataclasses.asdict(inner)
    return inner if isinstance(inner, (str, int, float, bool, list, dict, type(None))) else str(inner)


_WRITERS: dict[type, Callable[[Any], Fields]] = {
    values.TextMetadataValue: _text("text"),
    values.UrlMetadataValue: _text("url"),
    values.PathMetadataValue: _text("path"),
    values.NotebookMetadataValue: _text("notebook"),
    values.MarkdownMetadataValue: _text("markdown"),
    values.PoolMetadataValue: _text("pool"),
    values.IntMetadataValue: _number("int_value"),
    values.FloatMetadataValue: _number("float_value"),
    values.BoolMetadataValue: _number("bool_value"),
    values.TimestampMetadataValue: lambda value: {"timestamp": to_timestamp(value.value)},
    values.NullMetadataValue: _null,
    values.JsonMetadataValue: lambda value: _json(value.data),
    values.AssetMetadataValue: lambda value: {"asset": to_asset_key(value.asset_key)},
    values.RunMetadataValue: lambda value: {"run_id": value.run_id},
    values.TableMetadataValue: cast("Callable[[Any], Fields]", _table),
    values.TableSchemaMetadataValue: lambda value: {"table_schema": to_table_schema(value.schema)},
    values.TableColumnLineageMetadataValue: lambda value: {"column_lineage": to_column_lineage(value.value)},
    values.JobMetadataValue: lambda value: {
        "job": JobReference(location_name=value.location_name or "", job_name=value.job_name)
    },
    values.PythonArtifactMetadataValue: lambda value: {
        "code_artifact": CodeArtifact(module=value.module, name=value.name)
    },
    values.CodeReferencesMetadataValue: lambda value: {"code_references": _code_references(value)},
}
