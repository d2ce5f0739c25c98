"""Asking the automation conditions of a sensor which assets and checks are to be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime, timezone

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.types.v1.backfill_pb2 import BackfillRequest
from headrace.automation.asset_jobs import asset_jobs_of
from headrace.automation.conditions import conditions_of
from headrace.automation.cursor import AutomationCursor
from headrace.automation.entities import EntityKey
from headrace.automation.evaluation import Evaluation, evaluate
from headrace.automation.moments import next_moment
from headrace.automation.reach import reached, watched
from headrace.automation.run_requests import CONDITION_TAG, build_run_requests, for_backfill
from headrace.automation.subset import EntitySubset
from headrace.automation.told import ToldPartitions
from headrace.automation.view import AssetGraphView
from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.condition_sensor import AutomationConditionSensorDefinition
from headrace.definitions.automation.run_request import RunRequest
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.errors import InvalidInvocationError
from headrace.wire.asset_keys import to_asset_keys
from headrace.wire.automation_state import from_state, to_evaluation
from headrace.wire.backfills import to_targets
from headrace.wire.moments import from_timestamp, to_timestamp
from headrace.wire.tags import to_tags
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.log_lines import LogLines
from headrace_codeloc.evaluate.requests import MOST_REQUESTS, checked_requests

EVALUATION_TAG = "headrace/automation_evaluation"
# More partitions of one asset are requested at the next evaluation, which follows at once; fewer where many assets might
# ask for runs of their own, so that all of them fit into one answer.
MOST_PARTITIONS = 200
_MOST_TREES = 50


def evaluate_conditions(
    request: pb.EvaluateSensorRequest, sensor: AutomationConditionSensorDefinition, location: LoadedLocation
) -> pb.EvaluateSensorResponse:
    """Returns what the conditions of the sensor's assets decide."""
    log = LogLines()
    now = from_timestamp(request.evaluation_time)
    graph = location.definitions.resolve_asset_graph()
    jobs = {key: job for key, job in asset_jobs_of(location.definitions).items() if key in sensor.asset_job_keys}
    conditions = conditions_of(graph, sensor.asset_selection, sensor.default_condition)
    conditions.update({key: job.condition for key, job in jobs.items()})
    known, changed = from_state(request.automation_state, graph)
    keys = {each.partitions_name: list(each.partition_keys) for each in request.automation_state.dynamic_partitions}
    view = AssetGraphView(graph, known, now, ToldPartitions(keys), jobs)
    cursor = _cursor(request.cursor)
    only: Set[EntityKey] | None = reached(view, conditions, changed)
    if request.automation_state.everything or not cursor.entities:
        only = None
    backfills = _asks_for_backfills(sensor, conditions) and request.takes_backfills
    evaluation = evaluate(
        conditions,
        view,
        cursor,
        only=only,
        logger=log.logger(sensor.name),
        most_partitions=_most_partitions(view, conditions),
        repeat_interval=float(sensor.minimum_interval_seconds),
        backfills=backfills,
    )
    tags = {**sensor.run_tags, EVALUATION_TAG: str(cursor.evaluation_id)}
    together = for_backfill(evaluation.requested.values(), graph) if backfills else {}
    apart = [each for key, each in evaluation.requested.items() if key not in together]
    wanted = build_run_requests(apart, graph, tags)
    requests = checked_requests([_named(each) for each in wanted])
    again = _again(evaluation, next_moment(view, conditions, now), now)
    assets = watched(view, conditions)
    return pb.EvaluateSensorResponse(
        run_requests=requests,
        backfill_requests=[_backfill(together, tags)] if together else (),
        skip_message="" if requests or together else _skip_message(evaluation, len(conditions)),
        cursor=evaluation.cursor.to_text(),
        log_lines=log.lines,
        automation_evaluations=[
            to_evaluation(result)
            for result in evaluation.results
            if request.automation_state.explain or not result.true_subset.is_empty
        ][:_MOST_TREES],
        watched_assets=to_asset_keys(assets or ()),
        watches_all_assets=assets is None,
        next_evaluation_time=None if again is None else to_timestamp(again.timestamp()),
    )


def _asks_for_backfills(sensor: AutomationConditionSensorDefinition, keys: Iterable[EntityKey]) -> bool:
    # A backfill makes assets; a check that has a condition would not wait for what it is to look at.
    return sensor.emit_backfills and not any(isinstance(key, AssetCheckKey) for key in keys)


def _backfill(targets: Mapping[AssetKey, EntitySubset], tags: Mapping[str, str]) -> BackfillRequest:
    return BackfillRequest(targets=to_targets(targets, of_job=False), tags=to_tags({CONDITION_TAG: "true", **tags}))


def _cursor(text: str) -> AutomationCursor:
    """The cursor; updates that are told are all new, so none is left out by its position."""
    try:
        read = AutomationCursor.from_text(text) if text else AutomationCursor()
    except InvalidInvocationError:
        # A user may have set it to anything; to begin anew requests nothing that was there before.
        read = AutomationCursor()
    return AutomationCursor(read.evaluation_id, 0, read.entities)


def _most_partitions(view: AssetGraphView, keys: Iterable[EntityKey]) -> int:
    partitioned = sum(view.partitions_def(key) is not None for key in keys)
    return max(1, min(MOST_PARTITIONS, (MOST_REQUESTS - 1) // max(partitioned, 1)))


def _named(request: RunRequest) -> RunRequest:
    """A request that names its job: the sensor may have several."""
    return request if request.job_name else request.with_replaced_attrs(job_name=IMPLICIT_ASSET_JOB)


def _again(evaluation: Evaluation, timed: datetime | None, now: datetime) -> datetime | None:
    """When to evaluate again although nothing has happened."""
    if evaluation.limited:
        return now
    held = evaluation.held_until
    moments = [timed, None if held is None else datetime.fromtimestamp(held, timezone.utc)]
    return min((each for each in moments if each is not None), default=None)


def _skip_message(evaluation: Evaluation, count: int) -> str:
    return f"{len(evaluation.results)} of {count} automation conditions were evaluated; none requests anything."
