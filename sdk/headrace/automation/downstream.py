"""The conditions of the assets below, evaluated for the asset itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from headrace.automation.context import AutomationContext, AutomationResult
from headrace.automation.entities import order_of
from headrace.automation.timing import Timed
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.automation.operator import Operator


def any_downstream_conditions(context: AutomationContext) -> AutomationResult:
    """The own condition of one asset downstream at least is true.

    Assets below that ask those below them are asked through, so that one evaluation asks each condition once.
    """
    if not isinstance(context.key, AssetKey) or _is_inside_itself(context):
        return context.result(context.get_empty_subset())
    results = []
    for condition, keys in _conditions_below(context):
        names = ", ".join(key.to_user_string() for key in keys)
        wrapper = replace(_ANY_OF_ONE, operands=(condition,), label=names)
        results.append(context.child(wrapper, context.candidate_subset))
    found = context.get_empty_subset()
    for each in results:
        found = found | each.true_subset
    timing: list[Timed] = [timed for each in results for timed in each.timing]
    return context.result(found, results, timing)


def _is_inside_itself(context: AutomationContext) -> bool:
    above = context.parent
    while above is not None:
        if above.condition.operator is Operator.ANY_DOWNSTREAM_CONDITIONS and above.key == context.key:
            return True
        above = above.parent
    return False


def _conditions_below(context: AutomationContext) -> list[tuple[AutomationCondition, list[AssetKey]]]:
    """The different conditions of the assets below, each with those that have it."""
    assert isinstance(context.key, AssetKey)
    found: list[tuple[AutomationCondition, list[AssetKey]]] = []
    for key, condition in _walk(context, context.key):
        same = [keys for known, keys in found if known == condition]
        if same:
            same[0].append(key)
        else:
            found.append((condition, [key]))
    return [(condition, sorted(keys, key=order_of)) for condition, keys in found]


def _walk(context: AutomationContext, key: AssetKey) -> Iterator[tuple[AssetKey, AutomationCondition]]:
    seen = {key}
    waiting = list(context.asset_graph_view.children(key))
    while waiting:
        child = waiting.pop(0)
        condition = context.root.conditions.get(child)
        if child in seen or condition is None:
            continue
        seen.add(child)
        own = _without_downstream(condition)
        if own is not None:
            yield child, own
        if own is not condition:
            waiting.extend(context.asset_graph_view.children(child))


def _without_downstream(condition: AutomationCondition) -> AutomationCondition | None:
    """What a condition says beyond what it passes on from below; None if that is nothing. A label keeps it whole."""
    if condition.operator is Operator.ANY_DOWNSTREAM_CONDITIONS:
        return None
    if condition.label is not None or condition.operator not in (Operator.AND, Operator.OR):
        return condition
    parts = [_without_downstream(each) for each in condition.operands]
    if all(part is each for part, each in zip(parts, condition.operands, strict=True)):
        return condition
    kept = tuple(part for part in parts if part is not None)
    if condition.operator is Operator.AND and len(kept) < len(parts):
        return None
    if len(kept) < 2:
        return kept[0] if kept else None
    return replace(condition, operands=kept)


_ANY_OF_ONE = AutomationCondition(Operator.OR)
