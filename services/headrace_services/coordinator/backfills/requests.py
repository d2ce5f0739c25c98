"""What a backfill asks for, as a run. Pure."""

from __future__ import annotations

from headrace.api.types.v1.backfill_pb2 import Backfill
from headrace.api.types.v1.instigator_pb2 import RunRequest
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run

BACKFILL_TAG = "headrace/backfill"
PARTITION_TAG = "headrace/partition"


def run_of(request: RunRequest, backfill: Backfill, run_id: str) -> Run:
    """Returns the run that a request asks for."""
    tags = {tag.key: tag.value for tag in (*request.tags, *backfill.tags)}
    tags[BACKFILL_TAG] = backfill.backfill_id
    if request.partition_key:
        tags[PARTITION_TAG] = request.partition_key
    return Run(
        run_id=run_id,
        location_name=backfill.location_name,
        job_name=backfill.job_name,
        run_config=request.run_config if request.HasField("run_config") else None,
        tags=[Tag(key=key, value=value) for key, value in sorted(tags.items())],
        asset_selection=request.asset_selection,
        partition_key=request.partition_key,
        check_selection=request.check_selection,
    )
