"""ListPartitionStates: what is known of single partitions, by key."""

from __future__ import annotations

from headrace.api.gateway.v1 import asset_service_pb2 as pb
from headrace.api.storage.v1 import asset_index_service_pb2 as index_pb2
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.list_assets import get_asset
from headrace_services.gateway.partition_states import PartitionStates
from headrace_services.gateway.stubs import Backends


async def list_partition_states(
    request: pb.ListPartitionStatesRequest, catalog: Catalog, backends: Backends, states: PartitionStates
) -> pb.ListPartitionStatesResponse:
    """Returns a page of partitions of which something is known.

    Raises:
        AssetNotFoundError: no location defines the asset, and nothing was ever recorded of it.
    """
    found = await get_asset(pb.GetAssetRequest(asset_key=request.asset_key), catalog, backends)
    page = await backends.assets.GetPartitionStates(
        index_pb2.GetPartitionStatesRequest(
            asset_key=request.asset_key,
            partition_keys=request.partition_keys,
            page_size=request.page_size,
            page_token=request.page_token,
        )
    )
    made = [each.partition_key for each in page.made]
    definition = found.asset.definition
    if not definition.HasField("partitions"):
        partitions = [pb.PartitionState(partition_key=key, materialized=True) for key in made]
        return pb.ListPartitionStatesResponse(partitions=partitions, next_page_token=page.next_page_token)
    known = await states.of(tuple(request.asset_key.path), definition.partitions)
    keys = {key: True for key in made}
    if not request.page_token:
        wanted = set(request.partition_keys)
        never = {*known.in_progress, *known.failed} - set(known.materialized) if page.attempts else set()
        keys |= {key: False for key in sorted(never) if not wanted or key in wanted}
    return pb.ListPartitionStatesResponse(
        partitions=[
            pb.PartitionState(
                partition_key=key,
                materialized=was_made,
                in_progress=key in known.in_progress,
                failed=key in known.failed,
            )
            for key, was_made in keys.items()
        ],
        next_page_token=page.next_page_token,
    )
