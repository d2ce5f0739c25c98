"""What automation conditions are about: assets and checks."""

from __future__ import annotations

import json
from typing import TypeAlias

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey

EntityKey: TypeAlias = AssetKey | AssetCheckKey
"""An asset, or a check of one."""


def text_of(key: EntityKey) -> str:
    """A key as text that no other key has: a JSON list of its parts, for a check with its name behind."""
    if isinstance(key, AssetCheckKey):
        return json.dumps([list(key.asset_key.parts), key.name])
    return json.dumps(list(key.parts))


def order_of(key: EntityKey) -> tuple[tuple[str, ...], str]:
    """Sorts assets and checks together: by asset, the asset before its checks."""
    if isinstance(key, AssetCheckKey):
        return key.asset_key.parts, key.name
    return key.parts, ""
