"""Messages of the contract as plain Python values: dictionaries, lists, strings, numbers, datetimes.

Whatever a message carries can be shown, compared and written as JSON without knowing protobuf; a field that a newer
server added is kept rather than lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

from google.protobuf.message import Message

TYPES = "headrace.api.types.v1."

# A field's descriptor; its class depends on which implementation of protobuf runs.
Field = Any


def plain(message: Message) -> dict[str, Any]:
    """Returns the fields of `message`; sub-messages and oneof members that are not set are left out."""
    fields: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        if field.has_presence and not message.HasField(field.name):
            continue
        value = getattr(message, field.name)
        fields[field.name] = _many(field, value) if _repeats(field) else _one(field, value)
    return fields


def time_of(message: Message, field: str) -> datetime | None:
    """Returns a timestamp field in UTC, None if it is not set."""
    return _timestamp(getattr(message, field)) if message.HasField(field) else None


def seconds_of(message: Message, field: str) -> float | None:
    """Returns a duration field in seconds, None if it is not set."""
    return _duration(getattr(message, field)) if message.HasField(field) else None


def tags_of(tags: Iterable[Any]) -> dict[str, str]:
    """Returns a list of tags as a dictionary."""
    return {tag.key: tag.value for tag in tags}


def metadata_of(entries: Iterable[Any]) -> dict[str, Any]:
    """Returns a list of metadata entries as a dictionary of plain values."""
    return {entry.name: _metadata_value(entry) for entry in entries}


def payload_of(payload: Any) -> Any:
    """Returns what a payload holds: the value of a JSON document, else its text or bytes."""
    content = payload.text if payload.WhichOneof("content") == "text" else payload.data
    if payload.media_type != "application/json":
        return content
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content


def key_of(asset_key: Any) -> str:
    """Returns an asset key as text, its parts joined by slashes."""
    return "/".join(asset_key.path)


def member_of(message: Message, field: str) -> str:
    """Returns the name of an enum field's value without its prefix, in lower case."""
    return _member(message.DESCRIPTOR.fields_by_name[field], getattr(message, field))


def _many(field: Field, values: Iterable[Any]) -> Any:
    kind = field.message_type.full_name if field.message_type else ""
    if kind == f"{TYPES}Tag":
        return tags_of(values)
    if kind == f"{TYPES}MetadataEntry":
        return metadata_of(values)
    return [_one(field, value) for value in values]


def _one(field: Field, value: Any) -> Any:
    if field.enum_type is not None:
        return _member(field, value)
    if field.message_type is None:
        return value
    convert: Callable[[Any], Any] = _KNOWN.get(field.message_type.full_name, plain)
    return convert(value)


def _repeats(field: Field) -> bool:
    # Runtimes before protobuf 6 say it with a label, which those after it no longer have.
    repeated = getattr(field, "is_repeated", None)
    return bool(field.label == field.LABEL_REPEATED if repeated is None else repeated)


def _member(field: Field, number: int) -> str:
    members = field.enum_type.values_by_number
    if number not in members:
        return f"unknown_{number}"
    prefix = members[0].name.removesuffix("UNSPECIFIED")
    name: str = members[number].name
    return name.removeprefix(prefix).lower()


def _metadata_value(entry: Any) -> Any:
    kind = entry.WhichOneof("value")
    if kind is None or kind == "null_value":
        return None
    return _one(entry.DESCRIPTOR.fields_by_name[kind], getattr(entry, kind))


def _timestamp(value: Any) -> datetime:
    moment: datetime = value.ToDatetime(tzinfo=timezone.utc)
    return moment


def _duration(value: Any) -> float:
    return float(value.seconds + value.nanos / 1e9)


_KNOWN: dict[str, Callable[[Any], Any]] = {
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Duration": _duration,
    f"{TYPES}AssetKey": key_of,
    f"{TYPES}Payload": payload_of,
}
