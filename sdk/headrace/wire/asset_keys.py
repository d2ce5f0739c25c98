"""Keys of assets and of their checks."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.types.v1 import asset_key_pb2 as pb
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey


def to_asset_key(key: AssetKey) -> pb.AssetKey:
    """Writes a key."""
    return pb.AssetKey(path=key.parts)


def from_asset_key(message: pb.AssetKey) -> AssetKey:
    """Reads a key."""
    return AssetKey(tuple(message.path))


def to_asset_keys(keys: Iterable[AssetKey]) -> list[pb.AssetKey]:
    """Writes keys, sorted."""
    return [to_asset_key(key) for key in sorted(keys)]


def to_check_key(key: AssetCheckKey) -> pb.AssetCheckKey:
    """Writes the key of a check."""
    return pb.AssetCheckKey(asset_key=to_asset_key(key.asset_key), check_name=key.name)


def from_check_key(message: pb.AssetCheckKey) -> AssetCheckKey:
    """Reads the key of a check."""
    return AssetCheckKey(from_asset_key(message.asset_key), message.check_name)
