"""Metadata as the other side writes it: each value with the name of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.metadata.values import MetadataValue

_INFER = "__infer__"
_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "asset": lambda value: MetadataValue.asset(AssetKey.from_user_string(value)),
    "bool": MetadataValue.bool,
    "dagster_run": MetadataValue.run,
    "float": MetadataValue.float,
    "int": MetadataValue.int,
    "json": MetadataValue.json,
    "md": MetadataValue.md,
    "notebook": MetadataValue.notebook,
    "null": lambda _value: MetadataValue.null(),
    "path": MetadataValue.path,
    "text": MetadataValue.text,
    "timestamp": MetadataValue.timestamp,
    "url": MetadataValue.url,
}


def read_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns metadata as results take it; kinds that are not known here are kept as what their value is."""
    return {name: _value(each["raw_value"], each["type"]) for name, each in (metadata or {}).items()}


def _value(raw: Any, kind: str) -> Any:
    make = None if kind == _INFER else _KINDS.get(kind)
    return raw if make is None else make(raw)
