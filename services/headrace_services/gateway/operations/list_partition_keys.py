"""ListPartitionKeys: the keys of a job's or an asset's partitions, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from headrace.api.gateway.v1 import asset_service_pb2
from headrace.api.gateway.v1 import partition_service_pb2 as pb
from headrace.api.types.v1 import partition_pb2
from headrace.definitions.partitions.partitions_definition import NumberedPartitionsDefinition, PartitionsDefinition
from headrace.errors import CursorMismatchError, InvalidArgumentError
from headrace.wire.partitions import from_partitions
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.dynamic_keys import DynamicKeys
from headrace_services.gateway.operations.list_assets import get_asset
from headrace_services.gateway.pages import place_of, size_of, token_of
from headrace_services.gateway.stubs import Backends

_DEFAULT_SIZE, _LARGEST_SIZE = 100, 10_000


async def list_partition_keys(
    request: pb.ListPartitionKeysRequest, catalog: Catalog, backends: Backends
) -> pb.ListPartitionKeysResponse:
    """Returns a page of keys in the order of their set, or the other way round.

    Raises:
        InvalidArgumentError: neither a job nor an asset is named, or both are.
        LocationNotFoundError: there is no such location.
        TargetNotFoundError: no location has the job.
        AssetNotFoundError: nobody knows the asset.
        CursorMismatchError: the page token belongs to another list.
    """
    partitions = await _partitions(request, catalog, backends)
    if partitions.WhichOneof("kind") is None:
        return pb.ListPartitionKeysResponse()
    keys = await DynamicKeys.of(backends, partitions)
    # A set may be large, and what is looked for may be anywhere in it.
    return await asyncio.to_thread(_page, request, from_partitions(partitions), keys)


async def _partitions(
    request: pb.ListPartitionKeysRequest, catalog: Catalog, backends: Backends
) -> partition_pb2.PartitionsDefinition:
    if bool(request.job_name) == bool(request.asset_key.path):
        raise InvalidArgumentError(violations={"job_name": "name a job or an asset: one of the two"})
    if request.job_name:
        _, job = await catalog.find("job", request.job_name, request.location_name, lambda each: each.jobs)
        return job.partitions
    found = await get_asset(asset_service_pb2.GetAssetRequest(asset_key=request.asset_key), catalog, backends)
    return found.asset.definition.partitions


def _page(
    request: pb.ListPartitionKeysRequest, partitions_def: PartitionsDefinition, keys: DynamicKeys
) -> pb.ListPartitionKeysResponse:
    filters = ("partition keys", request.job_name, *request.asset_key.path, request.contains, str(request.descending))
    count = partitions_def.get_num_partitions(None, keys)
    key_at = _reader(partitions_def, keys)
    found: list[str] = []
    size, token = size_of(request.page_size, _DEFAULT_SIZE, _LARGEST_SIZE), ""
    for number in _numbers(count, _begin(request.page_token, filters), descending=request.descending):
        key = key_at(number)
        if request.contains not in key:
            continue
        if len(found) == size:
            token = token_of((str(number),), filters)
            break
        found.append(key)
    return pb.ListPartitionKeysResponse(partition_keys=found, next_page_token=token, partition_count=count)


def _reader(partitions_def: PartitionsDefinition, keys: DynamicKeys) -> Callable[[int], str]:
    if isinstance(partitions_def, NumberedPartitionsDefinition):
        return partitions_def.key_at
    return partitions_def.get_partition_keys(None, keys).__getitem__


def _numbers(count: int, begin: int | None, *, descending: bool) -> Iterator[int]:
    if descending:
        return iter(range(count - 1 if begin is None else min(begin, count - 1), -1, -1))
    return iter(range(begin or 0, count))


def _begin(page_token: str, filters: tuple[str, ...]) -> int | None:
    if not page_token:
        return None
    place = place_of(page_token, filters)
    if len(place) != 1 or not place[0].isdecimal():
        raise CursorMismatchError("the page token was not made by this list")
    return int(place[0])
