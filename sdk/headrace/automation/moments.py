"""When conditions may change what they say although nothing happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from headrace.automation.entities import EntityKey
from headrace.automation.freshness import next_change
from headrace.automation.node_ids import parts_of
from headrace.automation.view import AssetGraphView
from headrace.definitions.assets.freshness_policy import CronFreshnessPolicy
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.automation.operator import Operator
from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.definitions.schedules.cron import next_due

_FRESHNESS = frozenset({Operator.FRESHNESS_PASSED, Operator.FRESHNESS_WARNED, Operator.FRESHNESS_FAILED})
# What users have written may look at the clock, or at the world; and nothing tells of keys of dynamic partitions.
LOOK_INTERVAL = timedelta(seconds=30)


def next_moment(
    view: AssetGraphView, conditions: Mapping[EntityKey, AutomationCondition], now: datetime
) -> datetime | None:
    """The next moment at which a condition may say something else because of the time; None: never."""
    return min(_moments(view, conditions, now), default=None)


def _moments(
    view: AssetGraphView, conditions: Mapping[EntityKey, AutomationCondition], now: datetime
) -> Iterator[datetime]:
    crons: set[tuple[str, str]] = set()
    windows: set[PartitionsDefinition] = set()
    for key, condition in conditions.items():
        partitions_def = view.partitions_def(key)
        windows.update(_windows(partitions_def))
        if _is_dynamic(partitions_def):
            yield now + LOOK_INTERVAL
        for part in parts_of(condition):
            if part.operator is Operator.CUSTOM:
                yield now + LOOK_INTERVAL
            if part.cron_schedule is not None:
                crons.add((part.cron_schedule, part.cron_timezone or "UTC"))
            if part.operator in _FRESHNESS:
                yield from _freshness(view, key, now)
    for cron, zone in crons:
        yield next_due(cron, zone, now)
    for each in windows:
        assert isinstance(each, TimeWindowPartitionsDefinition)
        yield from _next_window(each, now)


def _windows(partitions_def: PartitionsDefinition | None) -> Iterable[TimeWindowPartitionsDefinition]:
    if isinstance(partitions_def, TimeWindowPartitionsDefinition):
        return [partitions_def]
    if isinstance(partitions_def, MultiPartitionsDefinition) and partitions_def.has_time_window_dimension:
        return [partitions_def.time_window_partitions_def]
    return []


def _is_dynamic(partitions_def: PartitionsDefinition | None) -> bool:
    if isinstance(partitions_def, MultiPartitionsDefinition):
        return any(_is_dynamic(each.partitions_def) for each in partitions_def.partitions_defs)
    return isinstance(partitions_def, DynamicPartitionsDefinition)


def _next_window(windows: TimeWindowPartitionsDefinition, now: datetime) -> Iterator[datetime]:
    """When there is one window more."""
    ended = windows.ticks.ended(now)
    if windows.end is None or windows.end > now:
        yield windows.ticks.end(max(ended, 0))


def _freshness(view: AssetGraphView, key: EntityKey, now: datetime) -> Iterator[datetime]:
    if not isinstance(key, AssetKey):
        return
    around = [key, *view.parents(key), *view.children(key)]
    for each in around:
        spec, latest = view.asset_graph.specs.get(each), view.facts(each).latest
        policy = None if spec is None else spec.freshness_policy
        change = next_change(policy, None if latest is None else latest.time, now)
        if change is not None:
            yield change
        if isinstance(policy, CronFreshnessPolicy):
            yield next_due(policy.deadline_cron, policy.timezone, now)
