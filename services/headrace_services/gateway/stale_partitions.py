"""Which partitions of an asset are stale: made before something that they are made from was made anew."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from headrace.api.types.v1 import asset_pb2
from headrace.definitions.partitions.identity_mapping import IdentityPartitionMapping
from headrace.definitions.partitions.inference import infer_partition_mapping
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.definitions.partitions.time_window_mapping import TimeWindowPartitionMapping
from headrace.wire.partition_mappings import from_partition_mapping
from headrace.wire.partitions import from_partitions
from headrace_services.gateway.dynamic_keys import DynamicKeys
from headrace_services.gateway.operations.list_assets import Defined, latest_number
from headrace_services.gateway.pages import Key
from headrace_services.gateway.partition_states import PartitionStates, subset_of
from headrace_services.gateway.stubs import Backends

# Where keys differ on the two sides, each partition above is mapped by itself, which takes up to a millisecond.
_MOST_MAPPED = 5_000

Numbers = Mapping[str, int]


async def stale_partitions(
    definition: asset_pb2.AssetDefinition, defined: Defined, backends: Backends, states: PartitionStates
) -> PartitionsSubset:
    """Returns the partitions of an asset that were made before something directly above was made anew.

    What lies further above is not looked at: it makes what is between stale, and that, once made anew, these.

    Args:
        definition: The asset, which has partitions.
        defined: The assets that locations define.
        backends: Where what was made is kept.
        states: Reads what was made of assets.
    """
    downstream = from_partitions(definition.partitions)
    keys = await DynamicKeys.of(backends, definition.partitions)
    made = await states.numbers(tuple(definition.asset_key.path))
    stale = set[str]()
    for dependency in definition.dependencies:
        above: Key = tuple(dependency.asset_key.path)
        if above not in defined or above == tuple(definition.asset_key.path):
            continue
        partitions = defined[above][1].partitions if defined[above][1].HasField("partitions") else None
        if partitions is None:
            newest = await latest_number(backends, above)
            stale |= {key for key, number in made.items() if number < newest}
            continue
        upstream = from_partitions(partitions)
        given = (
            from_partition_mapping(dependency.partition_mapping) if dependency.HasField("partition_mapping") else None
        )
        mapping = infer_partition_mapping(given, downstream, upstream)
        numbers = await states.numbers(above)
        stale |= await asyncio.to_thread(_behind, made, downstream, numbers, upstream, mapping, keys)
    found: PartitionsSubset = subset_of(downstream, stale)
    return found


def _behind(
    made: Numbers,
    downstream: PartitionsDefinition,
    above: Numbers,
    upstream: PartitionsDefinition,
    mapping: PartitionMapping,
    keys: DynamicKeys,
) -> set[str]:
    """Returns the partitions that are older than one of those above that they are made from."""
    if downstream == upstream and _is_one_to_one(mapping):
        return {key for key, number in made.items() if above.get(key, 0) > number}
    oldest = min(made.values(), default=0)
    newer = sorted((number, key) for key, number in above.items() if number > oldest)
    stale = set[str]()
    for number, key in newer[-_MOST_MAPPED:]:
        one: Any = subset_of(upstream, [key])
        below = mapping.get_downstream_partitions_for_partitions(
            one, upstream, downstream, dynamic_partitions_store=keys
        )
        stale |= {each for each in below.get_partition_keys() if made.get(each, number) < number}
    return stale


def _is_one_to_one(mapping: PartitionMapping) -> bool:
    if isinstance(mapping, TimeWindowPartitionMapping):
        return mapping.start_offset == mapping.end_offset == 0
    return isinstance(mapping, IdentityPartitionMapping)
