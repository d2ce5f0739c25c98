"""What conditions are made of: other conditions, about the asset itself or about those around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, TypeVar

from headrace.automation.context import AutomationContext, AutomationResult
from headrace.automation.cursor import NodeCursor, save
from headrace.automation.downstream import any_downstream_conditions
from headrace.automation.entities import EntityKey
from headrace.automation.subset import EntitySubset
from headrace.automation.timing import Timed, later, untimed
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.operator import Operator
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.jobs.job_key import AssetJobKey
from headrace.errors import HeadraceError

_TRIGGERED = "triggered"
K = TypeVar("K", AssetKey, AssetCheckKey)


def all_of(context: AutomationContext) -> AutomationResult:
    """All operands are true; each is asked only where those before it are."""
    results: list[AutomationResult] = []
    candidate = context.candidate_subset
    for operand in context.condition.operands:
        results.append(context.child(operand, candidate))
        candidate = candidate & results[-1].true_subset
    return context.result(candidate, results, [timed for each in results for timed in each.timing])


def any_of(context: AutomationContext) -> AutomationResult:
    """An operand is true."""
    results = [context.child(operand, context.candidate_subset) for operand in context.condition.operands]
    found = _union(context, [each.true_subset for each in results])
    return context.result(found, results, _timing_of_any(results, found))


def not_true(context: AutomationContext) -> AutomationResult:
    """The operand is false."""
    result = context.child(context.condition.operands[0], context.candidate_subset)
    return context.result(context.candidate_subset - result.true_subset, [result])


def newly_true(context: AutomationContext) -> AutomationResult:
    """The operand became true at this evaluation."""
    result = context.child(context.condition.operands[0], context.get_full_subset())
    new = result.true_subset - context.previous_true_subset
    context.remember(NodeCursor(save(result.true_subset)))
    timing = [*result.timing, Timed(untimed(new, result.timing), context.evaluation_time.timestamp())]
    return context.result(new, [result], timing)


def since(context: AutomationContext) -> AutomationResult:
    """The first operand became true, and the second did not become true after it.

    Where both became true since the last evaluation, the later one counts as far as times are known; else the second does.
    """
    full = context.get_full_subset()
    trigger, reset = (context.child(operand, full) for operand in context.condition.operands)
    conflict = trigger.true_subset & reset.true_subset
    won = later(trigger.timing, reset.timing, conflict)
    found = ((context.previous_true_subset | trigger.true_subset) - reset.true_subset) | won
    marks = dict(context.remembered.marks) if context.remembered is not None else {}
    for name, result in (("trigger", trigger), ("reset", reset)):
        if not result.true_subset.is_empty:
            marks[f"{name}_timestamp"] = context.evaluation_time.timestamp()
            marks[f"{name}_evaluation_id"] = context.root.evaluation_id
    if trigger.timing:
        marks[_TRIGGERED] = max(each.time for each in trigger.timing)
    context.remember(NodeCursor(save(found), marks=marks))
    timing = list(trigger.timing)
    if _TRIGGERED in marks:
        # What keeps it from being requested at once may go away later: it is still that trigger that is the reason.
        timing.append(Timed(untimed(found, trigger.timing), marks[_TRIGGERED]))
    return context.result(found, [trigger, reset], timing, marks)


def asset_matches(context: AutomationContext) -> AutomationResult:
    """The operand is true of another asset."""
    other, view = context.condition.key, context.asset_graph_view
    if other is None or not context.asset_graph.has(other):
        return context.result(context.get_empty_subset())
    candidate = view.across(context.candidate_subset, other)
    result = context.child(context.condition.operands[0], candidate, other)
    timing = [Timed(view.across(each.subset, context.key), each.time) for each in result.timing]
    return context.result(view.across(result.true_subset, context.key), [result], timing)


def any_deps_match(context: AutomationContext) -> AutomationResult:
    """The operand is true of one asset upstream at least."""
    results, found = _of_deps(context)
    true = _union(context, found)
    return context.result(true, results, _mapped_timing(context, results, _down))


def all_deps_match(context: AutomationContext) -> AutomationResult:
    """For every asset upstream, the operand is true of one of its partitions at least."""
    results, found = _of_deps(context)
    true = context.candidate_subset
    for each in found:
        true = true & each
    return context.result(true, results, _mapped_timing(context, results, _down))


def any_checks_match(context: AutomationContext) -> AutomationResult:
    """The operand is true of one check of the asset at least."""
    results = _of_checks(context)
    return context.result(_union(context, [_of_asset(context, each.true_subset) for each in results]), results)


def all_checks_match(context: AutomationContext) -> AutomationResult:
    """The operand is true of all checks of the asset."""
    results = _of_checks(context)
    true = context.candidate_subset
    for each in results:
        true = true & _of_asset(context, each.true_subset)
    return context.result(true, results)


def any_job_root_assets_match(context: AutomationContext) -> AutomationResult:
    """The operand is true of one of the assets with which the job begins at least."""
    results, found = _of_roots(context)
    return context.result(_union(context, found), results)


def all_job_root_assets_match(context: AutomationContext) -> AutomationResult:
    """The operand is true of all assets with which the job begins."""
    results, found = _of_roots(context)
    true = context.candidate_subset if results else context.get_empty_subset()
    for each in found:
        true = true & each
    return context.result(true, results)


OPERATORS: Mapping[Operator, Callable[[AutomationContext], AutomationResult]] = {
    Operator.AND: all_of,
    Operator.OR: any_of,
    Operator.NOT: not_true,
    Operator.SINCE: since,
    Operator.NEWLY_TRUE: newly_true,
    Operator.ASSET_MATCHES: asset_matches,
    Operator.ANY_DEPS_MATCH: any_deps_match,
    Operator.ALL_DEPS_MATCH: all_deps_match,
    Operator.ANY_CHECKS_MATCH: any_checks_match,
    Operator.ALL_CHECKS_MATCH: all_checks_match,
    Operator.ANY_DOWNSTREAM_CONDITIONS: any_downstream_conditions,
    Operator.ANY_JOB_ROOT_ASSETS_MATCH: any_job_root_assets_match,
    Operator.ALL_JOB_ROOT_ASSETS_MATCH: all_job_root_assets_match,
}
"""How each operator is evaluated."""


def _union(context: AutomationContext, subsets: Sequence[EntitySubset]) -> EntitySubset:
    found = context.get_empty_subset()
    for each in subsets:
        found = found | each
    return found


def _timing_of_any(results: Sequence[AutomationResult], found: EntitySubset) -> list[Timed]:
    """The newest times, without what some operand is true of at an unknown time."""
    unknown = found - found
    for each in results:
        unknown = unknown | untimed(each.true_subset, each.timing)
    return [Timed(timed.subset - unknown, timed.time) for each in results for timed in each.timing]


def _of_deps(context: AutomationContext) -> tuple[list[AutomationResult], list[EntitySubset]]:
    view, operand = context.asset_graph_view, context.condition.operands[0]
    results = []
    for key in _counted(context, view.parents(context.key)):
        results.append(context.child(operand, view.upstream(context.candidate_subset, key), key))
    return results, [_down(context, each.true_subset) for each in results]


def _of_roots(context: AutomationContext) -> tuple[list[AutomationResult], list[EntitySubset]]:
    view, operand = context.asset_graph_view, context.condition.operands[0]
    job = view.jobs.get(context.key) if isinstance(context.key, AssetJobKey) else None
    roots = job.roots if job is not None else ()
    results = [context.child(operand, view.of_job(context.candidate_subset, key), key) for key in roots]
    return results, [view.of_job(each.true_subset, context.key) for each in results]


def _down(context: AutomationContext, subset: EntitySubset) -> EntitySubset:
    return context.asset_graph_view.downstream(subset, context.key)


def _mapped_timing(
    context: AutomationContext,
    results: Sequence[AutomationResult],
    mapped: Callable[[AutomationContext, EntitySubset], EntitySubset],
) -> list[Timed]:
    return [Timed(mapped(context, timed.subset), timed.time) for each in results for timed in each.timing]


def _of_checks(context: AutomationContext) -> list[AutomationResult]:
    if not isinstance(context.key, AssetKey):
        return []
    view, operand = context.asset_graph_view, context.condition.operands[0]
    keys = view.checks(context.key)
    if context.condition.blocking_only:
        keys = [key for key in keys if context.asset_graph.check_specs[key].blocking]
    results = []
    for key in _counted(context, keys):
        results.append(context.child(operand, _of_check(context, key), key))
    return results


def _of_check(context: AutomationContext, check: AssetCheckKey) -> EntitySubset:
    """What of a check belongs to the asset's candidates."""
    view = context.asset_graph_view
    if view.partitions_def(check) is None:
        return EntitySubset(check, not context.candidate_subset.is_empty)
    return view.downstream(context.candidate_subset, check)


def _of_asset(context: AutomationContext, subset: EntitySubset) -> EntitySubset:
    """What of the asset belongs to what is true of a check."""
    view = context.asset_graph_view
    if not subset.is_partitioned:
        return context.get_empty_subset() if subset.is_empty else context.get_full_subset()
    return view.upstream(subset, context.key)


def _counted(context: AutomationContext, keys: Sequence[K]) -> list[K]:
    """The assets or checks around that count, by the selections of the condition."""
    allowed, ignored = context.condition.allow_selection, context.condition.ignore_selection
    chosen = list(keys)
    if allowed is not None:
        inside = _selected(context, allowed)
        chosen = [key for key in chosen if key in inside]
    if ignored is not None:
        outside = _selected(context, ignored)
        chosen = [key for key in chosen if key not in outside]
    return chosen


def _selected(context: AutomationContext, selection: Any) -> Set[EntityKey]:
    chosen = AssetSelection.from_coercible(selection)
    try:
        return {*chosen.resolve(context.asset_graph), *chosen.resolve_checks(context.asset_graph)}
    except HeadraceError:
        # It names assets that there are not, or no longer: none of those around is one of them.
        return frozenset()
