"""GetAssetPartitions: which partitions were made, are being made, or failed."""

from __future__ import annotations

from headrace.api.gateway.v1 import asset_service_pb2 as pb
from headrace.api.types.v1 import partition_pb2
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.list_assets import defined_assets, get_asset
from headrace_services.gateway.partition_states import PartitionStates
from headrace_services.gateway.stale_partitions import stale_partitions
from headrace_services.gateway.stubs import Backends


async def get_asset_partitions(
    request: pb.GetAssetPartitionsRequest, catalog: Catalog, backends: Backends, states: PartitionStates
) -> pb.GetAssetPartitionsResponse:
    """Returns the partitions of an asset by what is known of them; nothing if it has none.

    Raises:
        AssetNotFoundError: no location defines it, and nothing was ever recorded of it.
    """
    found = await get_asset(pb.GetAssetRequest(asset_key=request.asset_key), catalog, backends)
    definition = found.asset.definition
    if not definition.HasField("partitions"):
        return pb.GetAssetPartitionsResponse()
    known = await states.of(tuple(request.asset_key.path), definition.partitions)
    stale = (
        await stale_partitions(definition, await defined_assets(catalog), backends, states)
        if request.tell_stale
        else None
    )
    return pb.GetAssetPartitionsResponse(
        partition_count=known.partition_count,
        materialized=_ranges(known.materialized),
        in_progress=_ranges(known.in_progress),
        failed=_ranges(known.failed),
        stale=None if stale is None else _ranges(stale),
    )


def _ranges(subset: PartitionsSubset) -> pb.PartitionRanges:
    return pb.PartitionRanges(
        partition_count=len(subset),
        ranges=[
            partition_pb2.PartitionRange(first_key=first, last_key=last)
            for first, last in subset.get_partition_key_ranges()
        ],
    )
