"""What a backfill asks for, as a run. Pure."""

from __future__ import annotations

from headrace.api.types.v1.backfill_pb2 import Backfill
from headrace.api.types.v1.instigator_pb2 import RunRequest
from headrace.api.types.v1.run_pb2 import Run, RunOrigin
from headrace_services.coordinator.runs.tags import tag_messages, tags_of

BACKFILL_TAG = "headrace/backfill"


def run_of(request: RunRequest, backfill: Backfill, run_id: str) -> Run:
    """Returns the run that a request asks for."""
    tags = tags_of((*request.tags, *backfill.tags))
    tags[BACKFILL_TAG] = backfill.backfill_id
    return Run(
        run_id=run_id,
        location_name=backfill.location_name,
        job_name=backfill.job_name,
        run_config=request.run_config if request.HasField("run_config") else None,
        tags=tag_messages(tags),
        asset_selection=request.asset_selection,
        partition_key=request.partition_key,
        check_selection=request.check_selection,
        origin=RunOrigin(actor=backfill.actor),
    )
