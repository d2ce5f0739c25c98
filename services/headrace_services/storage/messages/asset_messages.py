"""Assets between message and row."""

from __future__ import annotations

from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.asset_pb2 import Asset
from headrace.errors import InvalidArgumentError
from headrace_services.storage.messages.event_messages import asset_key_message, asset_key_text, event_message
from headrace_services.storage.store.assets import AssetRecord


def asset_message(record: AssetRecord) -> Asset:
    """Returns an asset as callers see it."""
    return Asset(
        asset_key=asset_key_message(record.asset_key),
        latest_materialization=event_message(record.payload, record.sequence),
        materialization_count=record.materialization_count,
    )


def key_text(field: str, key: AssetKey) -> str:
    """Returns a key that a request must name, as it is stored.

    Raises:
        InvalidArgumentError: it has no parts.
    """
    if not key.path:
        raise InvalidArgumentError(violations={field: "must have at least one part"})
    return asset_key_text(key)
