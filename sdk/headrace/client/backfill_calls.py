"""The calls about backfills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headrace.api.gateway.v1 import backfill_service_pb2 as pb
from headrace.api.types.v1.automation_state_pb2 import PartitionSubset
from headrace.api.types.v1.backfill_pb2 import BackfillState as StateMessage
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.partition_pb2 import PartitionRange
from headrace.client.assets import asset_key
from headrace.client.backfills import Backfill, BackfillState, read_backfill
from headrace.client.call import Call, Listing
from headrace.client.run_calls import new_request_id

_BACKFILLS = "/headrace.api.gateway.v1.BackfillService/"

Range = tuple[str, str]


def create_backfill(
    *,
    job_name: str = "",
    assets: Iterable[object] = (),
    whole: bool = False,
    ranges: Sequence[Range] = (),
    partition_keys: Iterable[str] = (),
    location_name: str = "",
    tags: Mapping[str, str] | None = None,
    title: str = "",
    request_id: str | None = None,
) -> Call[Backfill]:
    """Begins to make partitions of a job or of assets."""
    partitions = PartitionSubset(
        whole=whole,
        ranges=[PartitionRange(first_key=first, last_key=last) for first, last in ranges],
        partition_keys=partition_keys,
    )
    request = pb.CreateBackfillRequest(
        request_id=request_id or new_request_id(),
        location_name=location_name,
        job_name=job_name,
        asset_selection=[asset_key(asset) for asset in assets],
        partitions=partitions,
        tags=[Tag(key=key, value=value) for key, value in sorted((tags or {}).items())],
        title=title,
    )
    return Call(f"{_BACKFILLS}CreateBackfill", request, pb.CreateBackfillResponse, _read)


def get_backfill(backfill_id: str) -> Call[Backfill]:
    """Reads one."""
    request = pb.GetBackfillRequest(backfill_id=backfill_id)
    return Call(f"{_BACKFILLS}GetBackfill", request, pb.GetBackfillResponse, _read)


def list_backfills(states: Iterable[BackfillState | str] = ()) -> Listing[Backfill]:
    """Reads them, newest first."""
    numbers = [StateMessage.Value(f"BACKFILL_STATE_{BackfillState(state).name}") for state in states]
    return Listing(
        f"{_BACKFILLS}ListBackfills",
        pb.ListBackfillsRequest(states=numbers),
        pb.ListBackfillsResponse,
        lambda page: [read_backfill(each) for each in page.backfills],
    )


def cancel_backfill(backfill_id: str) -> Call[Backfill]:
    """Asks for the end of one and of its runs."""
    request = pb.CancelBackfillRequest(request_id=new_request_id(), backfill_id=backfill_id)
    return Call(f"{_BACKFILLS}CancelBackfill", request, pb.CancelBackfillResponse, _read)


def retry_backfill(backfill_id: str) -> Call[Backfill]:
    """Makes a new one of what another has not made."""
    request = pb.RetryBackfillRequest(request_id=new_request_id(), backfill_id=backfill_id)
    return Call(f"{_BACKFILLS}RetryBackfill", request, pb.RetryBackfillResponse, _read)


def _read(answer: Any) -> Backfill:
    return read_backfill(answer.backfill)
