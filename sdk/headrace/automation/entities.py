"""What automation conditions are about: assets, checks, and jobs of assets."""

from __future__ import annotations

import json
from typing import TypeAlias

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.jobs.job_key import AssetJobKey

EntityKey: TypeAlias = AssetKey | AssetCheckKey | AssetJobKey
"""An asset, a check of one, or a job of assets."""


def text_of(key: EntityKey) -> str:
    """A key as text that no other key has: a JSON list of its parts, for a check with its name behind."""
    if isinstance(key, AssetJobKey):
        return json.dumps({"job": key.job_name})
    if isinstance(key, AssetCheckKey):
        return json.dumps([list(key.asset_key.parts), key.name])
    return json.dumps(list(key.parts))


def order_of(key: EntityKey) -> tuple[tuple[str, ...], str]:
    """Sorts assets and checks together: by asset, the asset before its checks; then jobs."""
    if isinstance(key, AssetJobKey):
        return ("\U0010ffff",), key.job_name
    if isinstance(key, AssetCheckKey):
        return key.asset_key.parts, key.name
    return key.parts, ""


def asset_of(key: EntityKey) -> AssetKey | None:
    """The asset, or the one that a check looks at; None for a job."""
    if isinstance(key, AssetJobKey):
        return None
    return key.asset_key if isinstance(key, AssetCheckKey) else key
