"""Which assets are stale: what they are made of, or the code that makes them, is no longer what it was."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import cache
from typing import Any

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.data_version import CODE_VERSION_TAG, DATA_VERSION_TAG, INPUT_VERSION_PREFIX
from headrace.definitions.assets.input_versions import InputVersions
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.walk import reachable, topological_order


def stale_keys(graph: AssetGraph, keys: Set[AssetKey], partition: str | None, instance: Any) -> Set[AssetKey]:
    """Those of some assets that were never made, or are stale; what is made from stale assets is stale.

    Args:
        graph: All assets.
        keys: The assets.
        partition: The partition of those that have any.
        instance: Knows what was made.
    """

    @cache
    def tags(key: AssetKey, part: str | None) -> Mapping[str, str] | None:
        record = instance.get_latest_data_version_record(key, partition_key=part)
        return None if record is None or record.asset_event is None else record.asset_event.tags or {}

    def version_of(key: AssetKey, part: str | None) -> str | None:
        return (tags(key, part) or {}).get(DATA_VERSION_TAG)

    versions = InputVersions(graph.specs, version_of, instance)

    def is_stale(key: AssetKey) -> bool:
        spec = graph.get(key)
        own = partition if spec.partitions_def is not None else None
        made = tags(key, own)
        if made is None or (spec.code_version is not None and made.get(CODE_VERSION_TAG) != spec.code_version):
            return True
        now = {dep.asset_key: versions.of(dep, spec, own) for dep in spec.deps}
        return any(
            version is not None and made.get(f"{INPUT_VERSION_PREFIX}{dep.to_user_string()}") != version
            for dep, version in now.items()
        )

    upstream = {
        key: graph.parents.get(key, frozenset()) - {key} for key in reachable(keys, lambda k: graph.parents.get(k, ()))
    }
    found: set[AssetKey] = set()
    for key in topological_order(upstream):
        makeable = key in graph.materializable_keys
        if makeable and (not found.isdisjoint(upstream[key]) or is_stale(key)):
            found.add(key)
    return found & keys
