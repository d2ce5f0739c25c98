"""ListAssets and GetAsset: definitions joined with what was recorded."""

from __future__ import annotations

from headrace.api.gateway.v1 import asset_service_pb2 as pb
from headrace.api.storage.v1 import asset_index_service_pb2 as asset_index_pb2
from headrace.api.types.v1 import asset_key_pb2, asset_pb2
from headrace.errors import AssetNotFoundError, HeadraceError
from headrace.rpc.status import rpc_errors
from headrace.suggestions import did_you_mean
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.pages import Key, page_of, size_of
from headrace_services.gateway.stubs import Backends

_DEFAULT_SIZE, _LARGEST_SIZE = 100, 1000
# Below it, asking for each asset of a page is cheaper than reading all that was ever materialized.
_FEW = 100

Defined = dict[Key, tuple[str, asset_pb2.AssetDefinition]]


async def list_assets(request: pb.ListAssetsRequest, catalog: Catalog, backends: Backends) -> pb.ListAssetsResponse:
    """Returns a page of assets by key.

    Assets that no location defines any more have neither group nor location: they are left out when either is asked for.
    """
    prefix = tuple(request.prefix.path)
    defined = _select(await defined_assets(catalog, request.location_name), request.group_name, prefix)
    size = size_of(request.page_size, _DEFAULT_SIZE, _LARGEST_SIZE)
    filters = (request.group_name, request.location_name, *prefix)
    bare = not request.group_name and not request.location_name
    recorded = await _recorded(backends, request.prefix) if bare or size > _FEW else None
    keys = sorted(defined.keys() | recorded.keys()) if bare and recorded else sorted(defined)
    page, token = page_of(keys, filters, size, request.page_token)
    if recorded is None:
        recorded = {key: found for key in page if (found := await _find_recorded(backends, key)) is not None}
    return pb.ListAssetsResponse(
        assets=[_record(key, defined, recorded.get(key)) for key in page], next_page_token=token
    )


async def get_asset(request: pb.GetAssetRequest, catalog: Catalog, backends: Backends) -> pb.GetAssetResponse:
    """Returns one asset.

    Raises:
        AssetNotFoundError: no location defines it, and it was never materialized.
    """
    key = tuple(request.asset_key.path)
    defined = await defined_assets(catalog)
    recorded = await _find_recorded(backends, key)
    if key not in defined and recorded is None:
        name = "/".join(key)
        known = ["/".join(each) for each in defined]
        raise AssetNotFoundError(f"there is no asset {name!r}{did_you_mean(name, known)}", metadata={"asset_key": name})
    return pb.GetAssetResponse(asset=_record(key, defined, recorded))


async def defined_assets(catalog: Catalog, location_name: str = "") -> Defined:
    """Returns the assets that locations define, each with the location that makes it if one does."""
    defined: Defined = {}
    for location in await catalog.definitions(location_name):
        for key, definition in location.assets.items():
            # A location that makes an asset counts for more than one that only knows of it.
            if key not in defined or (definition.executable and not defined[key][1].executable):
                defined[key] = (location.name, definition)
    return defined


def _select(defined: Defined, group_name: str, prefix: Key) -> Defined:
    return {
        key: (location, definition)
        for key, (location, definition) in defined.items()
        if key[: len(prefix)] == prefix and group_name in ("", definition.group_name)
    }


async def _recorded(backends: Backends, prefix: asset_key_pb2.AssetKey) -> dict[Key, asset_pb2.Asset]:
    recorded: dict[Key, asset_pb2.Asset] = {}
    token = ""
    while True:
        page = await backends.assets.ListAssets(
            asset_index_pb2.ListAssetsRequest(
                prefix=prefix if prefix.path else None, page_size=_LARGEST_SIZE, page_token=token
            )
        )
        recorded.update({tuple(asset.asset_key.path): asset for asset in page.assets})
        token = page.next_page_token
        if not token:
            return recorded


async def _find_recorded(backends: Backends, key: Key) -> asset_pb2.Asset | None:
    request = asset_index_pb2.GetAssetRequest(asset_key=asset_key_pb2.AssetKey(path=key))
    try:
        with rpc_errors():
            return (await backends.assets.GetAsset(request)).asset
    except HeadraceError as error:
        if error.reason == AssetNotFoundError.reason:
            return None
        raise


async def latest_number(backends: Backends, key: Key) -> int:
    """Returns the number of an asset's latest materialization, 0 if it was never made."""
    found = await _find_recorded(backends, key)
    return found.latest_materialization_number if found is not None else 0


def _record(key: Key, defined: Defined, recorded: asset_pb2.Asset | None) -> pb.AssetRecord:
    location, definition = defined.get(key, ("", None))
    return pb.AssetRecord(
        asset_key=asset_key_pb2.AssetKey(path=key), definition=definition, location_name=location, asset=recorded
    )
