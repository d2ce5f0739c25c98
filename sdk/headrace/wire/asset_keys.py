"""Asset keys."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.types.v1 import asset_key_pb2 as pb
from headrace.definitions.assets.key import AssetKey


def to_asset_key(key: AssetKey) -> pb.AssetKey:
    """Writes a key."""
    return pb.AssetKey(path=key.parts)


def from_asset_key(message: pb.AssetKey) -> AssetKey:
    """Reads a key."""
    return AssetKey(tuple(message.path))


def to_asset_keys(keys: Iterable[AssetKey]) -> list[pb.AssetKey]:
    """Writes keys, sorted."""
    return [to_asset_key(key) for key in sorted(keys)]
