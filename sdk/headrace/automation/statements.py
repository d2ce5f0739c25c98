"""What conditions state of the asset or check itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from headrace.automation.context import AutomationContext, AutomationResult
from headrace.automation.cursor import NodeCursor
from headrace.automation.facts import Update
from headrace.automation.freshness import FreshnessState, freshness_of
from headrace.automation.subset import EntitySubset, Value
from headrace.automation.timing import Timed
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.operator import Operator
from headrace.definitions.jobs.job_key import AssetJobKey
from headrace.definitions.schedules.cron import previous_due

Statement = Callable[[AutomationContext], AutomationResult]
_INSTANT = timedelta(microseconds=1)


def missing(context: AutomationContext) -> AutomationResult:
    """It was never made."""
    return context.result(context.candidate_subset - _known(context, context.facts.made))


def run_in_progress(context: AutomationContext) -> AutomationResult:
    """A run is making it."""
    return context.result(_known(context, context.facts.running))


def backfill_in_progress(context: AutomationContext) -> AutomationResult:
    """A backfill is to make it."""
    return context.result(_known(context, context.facts.backfilling))


def execution_failed(context: AutomationContext) -> AutomationResult:
    """The last attempt to make it failed."""
    return context.result(_known(context, context.facts.failed))


def check_passed(context: AutomationContext) -> AutomationResult:
    """The check last passed."""
    return context.result(_known(context, context.facts.passed))


def check_failed(context: AutomationContext) -> AutomationResult:
    """The check last failed."""
    return context.result(_known(context, context.facts.rejected))


def newly_updated(context: AutomationContext) -> AutomationResult:
    """It was made since the last evaluation; looking at it counts when its data have changed."""
    counted = [each for each in context.new_updates if not each.observed or each.changed_version]
    return _happened(context, counted)


def data_version_changed(context: AutomationContext) -> AutomationResult:
    """Its data version changed since the last evaluation."""
    counted = [
        updates[-1]
        for updates in _by_partition(context.new_updates).values()
        if updates[0].previous_version != updates[-1].data_version
    ]
    return _happened(context, counted)


def newly_requested(context: AutomationContext) -> AutomationResult:
    """It was requested at the last evaluation."""
    # What is asked of an asset of a job is requested by the job.
    key = context.root.key if isinstance(context.root.key, AssetJobKey) else context.key
    previous, requested = context.root.cursor_of(key), context.get_previous_requested_subset(key)
    if requested is None or previous is None:
        return context.result(context.get_empty_subset())
    requested = requested if key == context.key else context.asset_graph_view.of_job(requested, context.key)
    return context.result(requested, timing=[Timed(requested, previous.time)])


def will_be_requested(context: AutomationContext) -> AutomationResult:
    """It is requested at this evaluation, so that one run can make it along with the asset at which that began."""
    requested = context.root.requested.get(context.key)
    view = context.asset_graph_view
    # A job runs as a whole and on its own.
    together = not isinstance(context.root.key, AssetJobKey) and view.made_in_one_run(context.key, context.root.key)
    observed = isinstance(context.key, AssetKey) and context.key not in context.asset_graph.materializable_keys
    if requested is None or observed or not together:
        return context.result(context.get_empty_subset())
    return context.result(requested, timing=[Timed(requested, _now(context))])


def initial_evaluation(context: AutomationContext) -> AutomationResult:
    """The condition was never evaluated before."""
    if context.root.previous is not None:
        return context.result(context.get_empty_subset())
    return context.result(context.candidate_subset, timing=[Timed(context.candidate_subset, _now(context))])


def in_latest_time_window(context: AutomationContext) -> AutomationResult:
    """It is of the latest time window, or as far back from its end."""
    lookback = context.condition.lookback_delta
    seconds = None if lookback is None else lookback.total_seconds()
    return context.result(context.asset_graph_view.get_latest_time_window_subset(context.key, seconds))


def cron_tick_passed(context: AutomationContext) -> AutomationResult:
    """A tick of the schedule passed since the last evaluation."""
    condition, before = context.condition, context.previous_evaluation_time
    assert condition.cron_schedule is not None
    tick = previous_due(condition.cron_schedule, condition.cron_timezone or "UTC", context.evaluation_time + _INSTANT)
    if before is None or tick <= before:
        return context.result(context.get_empty_subset())
    return context.result(context.candidate_subset, timing=[Timed(context.candidate_subset, tick.timestamp())])


def code_version_changed(context: AutomationContext) -> AutomationResult:
    """Its code version changed since the last evaluation."""
    known = isinstance(context.key, AssetKey) and context.asset_graph.has(context.key)
    version = context.asset_graph.get(context.key).code_version if known else None  # type: ignore[arg-type]
    before = context.remembered
    context.remember(NodeCursor(text=version or ""))
    changed = before is not None and (before.text or "") != (version or "")
    return context.result(context.candidate_subset if changed else context.get_empty_subset())


def executed_with_root_target(context: AutomationContext) -> AutomationResult:
    """It was last made along with the asset at which the evaluation began."""
    return _last_made(context, lambda update: context.root.key in _targets(context, update))


def executed_with_tags(context: AutomationContext) -> AutomationResult:
    """It was last made by a run with these tags."""
    return _last_made(context, lambda update: _has_tags(context, update))


def any_new_update_has_run_tags(context: AutomationContext) -> AutomationResult:
    """One of the runs that made it since the last evaluation has these tags."""
    return _happened(context, [each for each in context.new_updates if _has_tags(context, each)])


def all_new_updates_have_run_tags(context: AutomationContext) -> AutomationResult:
    """All runs that made it since the last evaluation have these tags."""
    groups = _by_partition(context.new_updates).values()
    tagged = (each for each in groups if all(_has_tags(context, update) for update in each))
    return _happened(context, [update for each in tagged for update in each])


def freshness(state: FreshnessState) -> Statement:
    """It is as fresh, or as old, as that."""

    def is_in_state(context: AutomationContext) -> AutomationResult:
        spec = context.asset_graph.specs.get(context.key) if isinstance(context.key, AssetKey) else None
        last = context.facts.latest
        found = freshness_of(
            spec.freshness_policy if spec is not None else None,
            None if last is None else last.time,
            context.evaluation_time,
        )
        return context.result(context.candidate_subset if found is state else context.get_empty_subset())

    return is_in_state


STATEMENTS: Mapping[Operator, Statement] = {
    Operator.MISSING: missing,
    Operator.RUN_IN_PROGRESS: run_in_progress,
    Operator.BACKFILL_IN_PROGRESS: backfill_in_progress,
    Operator.EXECUTION_FAILED: execution_failed,
    Operator.CHECK_PASSED: check_passed,
    Operator.CHECK_FAILED: check_failed,
    Operator.NEWLY_UPDATED: newly_updated,
    Operator.NEWLY_REQUESTED: newly_requested,
    Operator.CODE_VERSION_CHANGED: code_version_changed,
    Operator.DATA_VERSION_CHANGED: data_version_changed,
    Operator.WILL_BE_REQUESTED: will_be_requested,
    Operator.INITIAL_EVALUATION: initial_evaluation,
    Operator.IN_LATEST_TIME_WINDOW: in_latest_time_window,
    Operator.CRON_TICK_PASSED: cron_tick_passed,
    Operator.EXECUTED_WITH_ROOT_TARGET: executed_with_root_target,
    Operator.EXECUTED_WITH_TAGS: executed_with_tags,
    Operator.ANY_NEW_UPDATE_HAS_RUN_TAGS: any_new_update_has_run_tags,
    Operator.ALL_NEW_UPDATES_HAVE_RUN_TAGS: all_new_updates_have_run_tags,
    Operator.FRESHNESS_PASSED: freshness(FreshnessState.PASS),
    Operator.FRESHNESS_WARNED: freshness(FreshnessState.WARN),
    Operator.FRESHNESS_FAILED: freshness(FreshnessState.FAIL),
}
"""How each statement is evaluated."""


def _known(context: AutomationContext, value: Value) -> EntitySubset:
    return EntitySubset(context.key, value)


def _now(context: AutomationContext) -> float:
    return context.evaluation_time.timestamp()


def _happened(context: AutomationContext, updates: Iterable[Update]) -> AutomationResult:
    """What updates are about, and when they happened."""
    timing = [Timed(_about(context, update), update.time) for update in updates]
    found = context.get_empty_subset()
    for each in timing:
        found = found | each.subset
    return context.result(found, timing=timing)


def _about(context: AutomationContext, update: Update) -> EntitySubset:
    if context.partitions_def is None:
        return EntitySubset(context.key, True)
    if update.partition is None:
        return context.get_empty_subset()
    return context.get_full_subset().compute_intersection_with_partition_keys([update.partition])


def _by_partition(updates: Iterable[Update]) -> dict[str | None, list[Update]]:
    found: dict[str | None, list[Update]] = {}
    for update in updates:
        found.setdefault(update.partition, []).append(update)
    return found


def _last_made(context: AutomationContext, holds: Callable[[Update], bool]) -> AutomationResult:
    by_partition = context.facts.latest_by_partition
    if context.partitions_def is None:
        update = by_partition.get(None)
        holding = update is not None and holds(update)
        return context.result(EntitySubset(context.key, holding))
    candidate = context.candidate_subset.value
    assert not isinstance(candidate, bool)
    keys = [key for key, update in by_partition.items() if key is not None and key in candidate and holds(update)]
    return context.result(EntitySubset(context.key, context.partitions_def.subset_with_partition_keys(keys)))


def _targets(context: AutomationContext, update: Update) -> frozenset[object]:
    run = context.asset_graph_view.known.run(update.run_id)
    return frozenset() if run is None else frozenset(run.keys)


def _has_tags(context: AutomationContext, update: Update) -> bool:
    run, condition = context.asset_graph_view.known.run(update.run_id), context.condition
    if run is None:
        return False
    # Conditions that were written for Dagster name tags that have another prefix here.
    tags = {**{_older(key): value for key, value in run.tags.items()}, **run.tags}
    return condition.tag_keys <= tags.keys() and all(tags.get(key) == value for key, value in condition.tag_values)


def _older(key: str) -> str:
    return "dagster/" + key.removeprefix("headrace/") if key.startswith("headrace/") else key
