"""GetDataVersion: tell a worker which version of an asset it reads."""

from __future__ import annotations

from headrace.api.storage.v1.asset_index_service_pb2 import ListAssetEventsRequest
from headrace.api.storage.v1.run_lease_service_pb2 import CheckRunLeaseRequest
from headrace.api.worker.v1.worker_service_pb2 import GetDataVersionRequest, GetDataVersionResponse
from headrace.definitions.assets.data_version import DATA_VERSION_TAG
from headrace_services.coordinator.context import Coordinator

# What is only looked at is never made, and what is made may have been looked at since: making it is what counts.
_KINDS = ("asset_materialized", "asset_observed")


async def get_data_version(request: GetDataVersionRequest, coordinator: Coordinator) -> GetDataVersionResponse:
    """Returns the version of the newest data, for whoever holds the lease on a run."""
    await coordinator.storage.leases.CheckRunLease(
        CheckRunLeaseRequest(run_id=request.run_id, epoch=request.epoch, run_token=request.run_token)
    )
    for kind in _KINDS:
        found = await coordinator.storage.assets.ListAssetEvents(
            ListAssetEventsRequest(
                asset_key=request.asset_key,
                kinds=[kind],
                partition_keys=[request.partition_key] if request.partition_key else [],
                page_size=1,
            )
        )
        for asset_event in found.events:
            tags = getattr(asset_event.event, kind).tags
            versions = [tag.value for tag in tags if tag.key == DATA_VERSION_TAG]
            return GetDataVersionResponse(data_version=versions[0] if versions else "")
    return GetDataVersionResponse()
