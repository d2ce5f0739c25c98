"""Payloads that hold JSON: run config, metadata, default values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from headrace.api.types.v1.payload_pb2 import Payload
from headrace.config.env_var import to_source
from headrace.errors import InvalidArgumentError

JSON = "application/json"
MAX_BYTES = 256 * 1024


def to_json_payload(value: Any, what: str = "payload") -> Payload:
    """Writes a value as JSON; what JSON cannot say is written as text.

    Raises:
        InvalidArgumentError: it is too large.
    """
    text = json.dumps(_plain(value), separators=(",", ":"), sort_keys=True)
    if len(text) > MAX_BYTES or len(text.encode()) > MAX_BYTES:
        raise InvalidArgumentError(f"{what} has {len(text)} characters as JSON; at most {MAX_BYTES} bytes are allowed")
    return Payload(media_type=JSON, text=text)


def from_json_payload(payload: Payload, what: str = "payload") -> Any:
    """Reads a JSON value; None when nothing is set.

    Raises:
        InvalidArgumentError: it is no JSON.
    """
    content: str | bytes = payload.text if payload.WhichOneof("content") == "text" else payload.data
    if not content:
        return None
    if payload.media_type not in ("", JSON):
        raise InvalidArgumentError(violations={what: f"expected {JSON}, got {payload.media_type}"})
    try:
        return json.loads(content)
    except ValueError as error:
        raise InvalidArgumentError(violations={what: f"not JSON: {error}"}) from error


def _plain(value: Any) -> Any:
    """What JSON can say of a value."""
    if value is None or type(value) in (str, int, float, bool):
        return value
    source = to_source(value)
    if source is not value:
        return source
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(each) for each in value), key=str)
    return value if isinstance(value, (str, int, float)) else str(value)
