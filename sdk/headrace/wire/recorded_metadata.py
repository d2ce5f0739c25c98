"""Metadata of recorded events: from messages to what user code reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from headrace.api.types.v1.metadata_pb2 import MetadataEntry
from headrace.definitions.metadata import values
from headrace.wire.asset_keys import from_asset_key
from headrace.wire.moments import from_timestamp
from headrace.wire.payloads import from_json_payload


def from_metadata(entries: Iterable[MetadataEntry]) -> dict[str, values.MetadataValue]:
    """Reads metadata; a value of a kind that is only there to be looked at is left out."""
    found = {}
    for entry in entries:
        kind = entry.WhichOneof("value") or ""
        if kind in _READERS:
            found[entry.name] = _READERS[kind](getattr(entry, kind))
    return found


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
}
