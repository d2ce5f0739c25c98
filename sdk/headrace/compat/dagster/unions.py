"""Unions that Dagster gives a name, and Headrace writes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace import AssetCheckKey, AssetKey, RunRequest, SensorResult, SkipReason

AssetOrCheckKey = AssetKey | AssetCheckKey
SensorReturnTypesUnion = (
    Iterator[SkipReason | RunRequest] | Sequence[RunRequest] | SkipReason | RunRequest | SensorResult
)
