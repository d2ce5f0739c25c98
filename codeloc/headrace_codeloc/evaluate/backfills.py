"""Which partitions a backfill is to make, and which runs it calls for now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone

from headrace.api.codeloc.v1 import backfill_plan_service_pb2 as pb
from headrace.api.types.v1.automation_state_pb2 import DynamicPartitionKeys
from headrace.automation.told import ToldKnown, ToldPartitions
from headrace.automation.view import AssetGraphView
from headrace.backfill.progress import Progress, Targets
from headrace.backfill.selection import PartitionSelection, asset_targets, job_target, key_of_job
from headrace.backfill.steps import Step, next_asset_step, next_job_step
from headrace.errors import (
    InvalidArgumentError,
    InvalidInvocationError,
    TargetNotFoundError,
    UnknownNameError,
    UnknownPartitionError,
)
from headrace.wire.asset_keys import from_asset_key
from headrace.wire.automation import to_run_request
from headrace.wire.backfills import from_ended_runs, from_targets, to_counts, to_targets
from headrace.wire.moments import from_timestamp
from headrace_codeloc.code.location import LoadedLocation


def plan_backfill(request: pb.PlanBackfillRequest, location: LoadedLocation) -> pb.PlanBackfillResponse:
    """Returns the partitions of each target."""
    view = _view(location, datetime.now(timezone.utc), request.dynamic_partitions)
    partitions = request.partitions
    selection = PartitionSelection(
        whole=partitions.whole,
        ranges=[(each.first_key, each.last_key) for each in partitions.ranges],
        keys=list(partitions.partition_keys),
    )
    try:
        if request.job_name:
            targets = job_target(location.job(request.job_name), selection, view)
        else:
            targets = asset_targets(view, map(from_asset_key, request.asset_selection), selection)
    except (UnknownPartitionError, InvalidInvocationError) as error:
        raise InvalidArgumentError(violations={"partitions": str(error)}) from None
    except UnknownNameError as error:
        raise TargetNotFoundError(str(error), metadata={"kind": "asset"}) from None
    return pb.PlanBackfillResponse(targets=to_targets(targets, of_job=bool(request.job_name)))


def evaluate_backfill(request: pb.EvaluateBackfillRequest, location: LoadedLocation) -> pb.EvaluateBackfillResponse:
    """Returns the runs to ask for now."""
    backfill = request.backfill
    view = _view(location, from_timestamp(request.evaluation_time), request.dynamic_partitions)
    ended = from_ended_runs(request.ended_runs, request.made_partitions)
    if backfill.job_name:
        job = location.job(backfill.job_name)
        key = key_of_job(backfill.job_name)
        targets = from_targets(backfill.targets, {key: job.partitions_def}, job_key=key)
        step = next_job_step(job, targets[key], _progress(request, targets), ended, request.max_runs)
    else:
        keys = [from_asset_key(target.asset_key) for target in backfill.targets]
        targets = from_targets(backfill.targets, {each: view.partitions_def(each) for each in keys})
        step = next_asset_step(view, targets, _progress(request, targets), ended, request.max_runs)
    return _response(step, of_job=bool(backfill.job_name))


def _progress(request: pb.EvaluateBackfillRequest, targets: Targets) -> Progress:
    try:
        progress = Progress.from_text(request.progress, targets)
    except InvalidInvocationError as error:
        raise InvalidArgumentError(violations={"progress": str(error)}) from None
    if request.backfill.retry_of_id and not request.backfill.run_count:
        return progress.of_retry()
    return progress


def _response(step: Step, *, of_job: bool) -> pb.EvaluateBackfillResponse:
    return pb.EvaluateBackfillResponse(
        run_requests=map(to_run_request, step.requests),
        progress=step.progress.to_text(),
        counts=to_counts(step.counts, of_job=of_job),
        done=step.done,
    )


def _view(location: LoadedLocation, now: datetime, dynamic: Iterable[DynamicPartitionKeys]) -> AssetGraphView:
    keys = {each.partitions_name: list(each.partition_keys) for each in dynamic}
    graph = location.definitions.resolve_asset_graph()
    return AssetGraphView(graph, ToldKnown({}, {}), now, ToldPartitions(keys))
