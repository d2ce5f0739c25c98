"""What an evaluation asks for, as runs and backfills that can be stored. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from headrace.api.types.v1.backfill_pb2 import Backfill, BackfillRequest
from headrace.api.types.v1.instigator_pb2 import RunRequest
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run, RunOrigin
from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_AUTOMATION
from headrace.errors import TargetNotFoundError
from headrace_services.scheduler.instigators import Definition, Entry

_RUN_KEY_TAG = "headrace/run_key"
_PARTITION_TAG = "headrace/partition"


def run_of(
    request: RunRequest, entry: Entry, run_id: str, automation_tags: Mapping[str, str] = MappingProxyType({})
) -> Run:
    """Returns the run that a request asks for.

    Args:
        request: The request.
        entry: The schedule or sensor that made it.
        run_id: Names the run.
        automation_tags: Tags of runs that automation conditions ask for; what a request says comes first.

    Raises:
        TargetNotFoundError: it does not say which of several jobs it means, or means one it must not ask for.
    """
    kind, name = entry.key.kind_name, entry.key.name
    origin = RunOrigin(schedule_name=name) if kind == "schedule" else RunOrigin(sensor_name=name)
    origin.run_key = request.run_key
    tags = _tags(request, entry, automation_tags)
    if request.run_key:
        tags[_RUN_KEY_TAG] = request.run_key
    if request.partition_key:
        tags[_PARTITION_TAG] = request.partition_key
    return Run(
        run_id=run_id,
        location_name=entry.key.location_name,
        job_name=_job_name(request, entry.definition),
        run_config=request.run_config if request.HasField("run_config") else None,
        tags=_messages(tags),
        asset_selection=request.asset_selection
        or (() if request.check_selection else entry.definition.asset_selection),
        partition_key=request.partition_key,
        check_selection=request.check_selection,
        origin=origin,
    )


def backfill_of(
    request: BackfillRequest, entry: Entry, backfill_id: str, automation_tags: Mapping[str, str]
) -> Backfill:
    """Returns the backfill that a request asks for; see `run_of` for the arguments."""
    return Backfill(
        backfill_id=backfill_id,
        location_name=entry.key.location_name,
        targets=request.targets,
        tags=_messages(_tags(request, entry, automation_tags)),
        title=f"asked for by {entry.key.kind_name} {entry.key.name}",
    )


def _tags(request: RunRequest | BackfillRequest, entry: Entry, automation_tags: Mapping[str, str]) -> dict[str, str]:
    tags = dict(automation_tags) if entry.sensor_kind == SENSOR_KIND_AUTOMATION else {}
    own = {f"headrace/{entry.key.kind_name}_name": entry.key.name}
    return tags | {tag.key: tag.value for tag in request.tags} | own


def _messages(tags: Mapping[str, str]) -> list[Tag]:
    return [Tag(key=key, value=value) for key, value in sorted(tags.items())]


def _job_name(request: RunRequest, definition: Definition) -> str:
    if isinstance(definition, ScheduleDefinition):
        return request.job_name or definition.job_name
    jobs = list(definition.job_names)
    if not request.job_name and len(jobs) > 1:
        raise TargetNotFoundError(f"a run request names no job, and the sensor has several: {', '.join(jobs)}")
    if request.job_name and jobs and request.job_name not in jobs:
        raise TargetNotFoundError(
            f"a run request names the job {request.job_name!r}, the sensor may ask for {', '.join(jobs)}"
        )
    return request.job_name or (jobs[0] if jobs else "")
