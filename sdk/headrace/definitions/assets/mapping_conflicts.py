"""Assets that are made together read an asset upstream in one way."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.errors import InvalidDefinitionError


def check_mappings_agree(specs: Iterable[AssetSpec], maker: str) -> None:
    """Raises `InvalidDefinitionError` if assets made by one op say two things of which partitions they read.

    Args:
        specs: The assets.
        maker: What makes them.
    """
    known: dict[AssetKey, PartitionMapping] = {}
    for dep in (dep for spec in specs for dep in spec.deps):
        mapping = dep.partition_mapping
        if mapping is not None and known.setdefault(dep.asset_key, mapping) != mapping:
            raise InvalidDefinitionError(
                f"Two different PartitionMappings for {dep.asset_key.to_user_string()!r} are given by assets that {maker!r} "
                "makes together: the op that makes them reads it once. Give the same to each."
            )
