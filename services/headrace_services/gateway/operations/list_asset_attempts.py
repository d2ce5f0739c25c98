"""ListAssetAttempts: what runs were to make of assets and have not made."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.gateway.v1 import asset_service_pb2 as pb
from headrace.api.storage.v1 import asset_index_service_pb2 as asset_index_pb2
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.list_assets import defined_assets
from headrace_services.gateway.pages import Key
from headrace_services.gateway.partition_states import PartitionStates
from headrace_services.gateway.stubs import Backends


async def list_asset_attempts(
    request: pb.ListAssetAttemptsRequest, catalog: Catalog, backends: Backends, states: PartitionStates
) -> pb.ListAssetAttemptsResponse:
    """Returns a page of attempts.

    Storage drops an attempt at one partition when that is made; which partitions lie within a range, and whether all of
    them were made since, is known here, where the definitions are.
    """
    answer = await backends.assets.ListAttempts(
        asset_index_pb2.ListAttemptsRequest(page_size=request.page_size, page_token=request.page_token)
    )
    ranges = {_key(each) for each in answer.attempts if _is_failed_range(each)}
    missing = await _with_partitions_missing(ranges, catalog, states)
    return pb.ListAssetAttemptsResponse(
        attempts=[
            _attempt(each)
            for each in answer.attempts
            if not _is_failed_range(each) or each.attempt.run_id in missing.get(_key(each), {each.attempt.run_id})
        ],
        next_page_token=answer.next_page_token,
    )


async def _with_partitions_missing(
    keys: Iterable[Key], catalog: Catalog, states: PartitionStates
) -> dict[Key, frozenset[str]]:
    """Returns by asset the runs that failed to make partitions which nothing has made since."""
    wanted = sorted(keys)
    defined = await defined_assets(catalog) if wanted else {}
    return {
        key: (await states.of(key, defined[key][1].partitions)).failed_run_ids
        for key in wanted
        if key in defined and defined[key][1].HasField("partitions")
    }


def _is_failed_range(found: asset_index_pb2.AssetAttempt) -> bool:
    attempt = found.attempt
    return attempt.failed and attempt.first_partition_key != attempt.last_partition_key


def _key(found: asset_index_pb2.AssetAttempt) -> Key:
    return tuple(found.asset_key.path)


def _attempt(found: asset_index_pb2.AssetAttempt) -> pb.AssetAttempt:
    attempt = pb.AssetAttempt(asset_key=found.asset_key, run_id=found.attempt.run_id, failed=found.attempt.failed)
    if found.attempt.first_partition_key:
        attempt.partitions.first_key = found.attempt.first_partition_key
        attempt.partitions.last_key = found.attempt.last_partition_key
    return attempt
