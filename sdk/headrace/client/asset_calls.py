"""The calls about assets."""

from __future__ import annotations

from headrace.api.gateway.v1 import asset_service_pb2 as service
from headrace.client.assets import AssetRecord, asset_key, read_asset
from headrace.client.call import Call, Listing
from headrace.client.events import RunEvent, read_event

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
