"""The calls about assets."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.gateway.v1 import asset_service_pb2 as service
from headrace.api.types.v1 import event_pb2
from headrace.client.asset_histories import AssetEvent, AssetPartitions, read_asset_event, read_partitions
from headrace.client.assets import AssetRecord, asset_key, read_asset
from headrace.client.call import Call, Listing
from headrace.client.events import RunEvent, read_event
from headrace.client.run_calls import new_request_id

_ASSETS = "/headrace.api.gateway.v1.AssetService/"


def get_asset(key: object) -> Call[AssetRecord]:
    """Reads one asset."""
    request = service.GetAssetRequest(asset_key=asset_key(key))
    return Call(f"{_ASSETS}GetAsset", request, service.GetAssetResponse, lambda answer: read_asset(answer.asset))


def list_assets(*, group_name: str, location_name: str, prefix: object | None) -> Listing[AssetRecord]:
    """Reads the assets of all locations, by key."""
    request = service.ListAssetsRequest(group_name=group_name, location_name=location_name)
    if prefix is not None:
        request.prefix.CopyFrom(asset_key(prefix))
    return Listing(
        f"{_ASSETS}ListAssets", request, service.ListAssetsResponse, lambda page: [read_asset(a) for a in page.assets]
    )


def list_materializations(key: object, *, partition_key: str) -> Listing[RunEvent]:
    """Reads an asset's materializations, newest first."""
    request = service.ListMaterializationsRequest(asset_key=asset_key(key), partition_key=partition_key)
    return Listing(
        f"{_ASSETS}ListMaterializations",
        request,
        service.ListMaterializationsResponse,
        lambda page: [read_event(event) for event in page.events],
    )


def list_asset_events(
    key: object,
    *,
    kinds: Iterable[str] = (),
    partition_keys: Iterable[str] = (),
    after: int = 0,
    before: int = 0,
    ascending: bool = False,
) -> Listing[AssetEvent]:
    """Reads the history of an asset."""
    request = service.ListAssetEventsRequest(
        asset_key=asset_key(key),
        kinds=list(kinds),
        partition_keys=list(partition_keys),
        after_number=after,
        before_number=before,
        ascending=ascending,
    )
    return Listing(
        f"{_ASSETS}ListAssetEvents",
        request,
        service.ListAssetEventsResponse,
        lambda page: [read_asset_event(event) for event in page.events],
    )


def get_asset_partitions(key: object) -> Call[AssetPartitions]:
    """Reads the states of an asset's partitions."""
    request = service.GetAssetPartitionsRequest(asset_key=asset_key(key))
    return Call(f"{_ASSETS}GetAssetPartitions", request, service.GetAssetPartitionsResponse, read_partitions)


def list_partition_states(key: object, *, partition_keys: Iterable[str] = ()) -> Listing[service.PartitionState]:
    """Reads what is known of single partitions of an asset."""
    request = service.ListPartitionStatesRequest(asset_key=asset_key(key), partition_keys=list(partition_keys))
    return Listing(
        f"{_ASSETS}ListPartitionStates",
        request,
        service.ListPartitionStatesResponse,
        lambda page: list(page.partitions),
    )


def report_asset_events(events: Iterable[event_pb2.Event]) -> Call[None]:
    """Records what happened to assets outside of any run."""
    request = service.ReportAssetEventsRequest(request_id=new_request_id(), events=list(events))
    return Call(f"{_ASSETS}ReportAssetEvents", request, service.ReportAssetEventsResponse, lambda _: None)


def wipe_asset(key: object, *, partition_keys: Iterable[str] = ()) -> Call[None]:
    """Forgets what was recorded of an asset, or of some of its partitions."""
    request = service.WipeAssetRequest(
        request_id=new_request_id(), asset_key=asset_key(key), partition_keys=list(partition_keys)
    )
    return Call(f"{_ASSETS}WipeAsset", request, service.WipeAssetResponse, lambda _: None)
