"""Metadata of recorded events: from messages to what user code reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from headrace.api.types.v1.metadata_pb2 import CodeReference, MetadataEntry
from headrace.definitions.metadata import values
from headrace.definitions.metadata.code_references import LocalFileCodeReference, UrlCodeReference
from headrace.wire.asset_keys import from_asset_key
from headrace.wire.moments import from_timestamp
from headrace.wire.payloads import from_json_payload
from headrace.wire.tables import from_column_lineage, from_table, from_table_schema


def from_metadata(entries: Iterable[MetadataEntry]) -> dict[str, values.MetadataValue]:
    """Reads metadata; a value of a kind that a later version added is left out."""
    found = {}
    for entry in entries:
        kind = entry.WhichOneof("value") or ""
        if kind in _READERS:
            found[entry.name] = _READERS[kind](getattr(entry, kind))
    return found


def _reference(place: CodeReference) -> LocalFileCodeReference | UrlCodeReference:
    if place.url:
        return UrlCodeReference(place.url, place.label or None)
    return LocalFileCodeReference(place.file_path, place.line or None, place.label or None)


_READERS: Mapping[str, Callable[[Any], values.MetadataValue]] = {
    "text": values.TextMetadataValue,
    "url": values.UrlMetadataValue,
    "path": values.PathMetadataValue,
    "notebook": values.NotebookMetadataValue,
    "markdown": values.MarkdownMetadataValue,
    "int_value": values.IntMetadataValue,
    "float_value": values.FloatMetadataValue,
    "bool_value": values.BoolMetadataValue,
    "run_id": values.RunMetadataValue,
    "pool": values.PoolMetadataValue,
    "timestamp": lambda time: values.TimestampMetadataValue(from_timestamp(time).timestamp()),
    "json": lambda payload: values.JsonMetadataValue(from_json_payload(payload)),
    "asset": lambda key: values.AssetMetadataValue(from_asset_key(key)),
    "job": lambda job: values.JobMetadataValue(job.job_name, job.location_name),
    "null_value": lambda _: values.NullMetadataValue(),
    "table": lambda table: values.TableMetadataValue(*from_table(table)),
    "table_schema": lambda schema: values.TableSchemaMetadataValue(from_table_schema(schema)),
    "column_lineage": lambda lineage: values.TableColumnLineageMetadataValue(from_column_lineage(lineage)),
    "code_references": lambda found: values.CodeReferencesMetadataValue(
        [_reference(each) for each in found.references]
    ),
    "code_artifact": lambda artifact: values.PythonArtifactMetadataValue(artifact.module, artifact.name),
}
