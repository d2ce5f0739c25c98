"""When assets are made by themselves, and how old they may become."""

from __future__ import annotations

from typing import Any

from headrace.api.types.v1 import automation_pb2 as pb
from headrace.definitions.assets.freshness_policy import CronFreshnessPolicy, FreshnessPolicy, TimeWindowFreshnessPolicy
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.automation.operator import Operator
from headrace.errors import InvalidDefinitionError
from headrace.wire.asset_keys import to_asset_key
from headrace.wire.moments import to_duration
from headrace.wire.tags import to_tags

MAX_DEPTH = 32


def to_automation_condition(condition: AutomationCondition | None) -> pb.AutomationCondition | None:
    """Writes a condition; what lies deeper than readers follow is left to the location."""
    return None if condition is None else _condition(condition, 0)


def _condition(condition: AutomationCondition, depth: int) -> pb.AutomationCondition:
    if depth == MAX_DEPTH - 1 and condition.operands:
        return pb.AutomationCondition(operator=pb.AUTOMATION_OPERATOR_CUSTOM, custom_name=condition.name)
    return pb.AutomationCondition(
        operator=pb.AutomationOperator.Value(f"AUTOMATION_OPERATOR_{condition.operator.name}"),
        label=condition.label or "",
        operands=[_condition(each, depth + 1) for each in condition.operands],
        cron_expression=condition.cron_schedule or "",
        time_zone=condition.cron_timezone or "",
        lookback=None if condition.lookback_delta is None else to_duration(condition.lookback_delta.total_seconds()),
        asset_key=None if condition.key is None else to_asset_key(condition.key),
        tag_keys=sorted(condition.tag_keys),
        tags=to_tags(dict(condition.tag_values)),
        blocking_only=condition.blocking_only,
        allowed_selection=to_selection(condition.allow_selection),
        ignored_selection=to_selection(condition.ignore_selection),
        custom_name=condition.name if condition.operator is Operator.CUSTOM else "",
    )


def to_selection(selection: Any) -> str:
    """Writes a selection as an expression; empty for none."""
    if selection is None:
        return ""
    chosen = AssetSelection.from_coercible(selection)
    try:
        return chosen.to_selection_str()
    except InvalidDefinitionError:
        # A location must not fail to load because of it: people can still read what is meant.
        return str(chosen)


def to_freshness_policy(policy: FreshnessPolicy | None) -> pb.FreshnessPolicy | None:
    """Writes a freshness policy."""
    if isinstance(policy, TimeWindowFreshnessPolicy):
        warn = None if policy.warn_window is None else to_duration(policy.warn_window.total_seconds())
        window = pb.FreshnessTimeWindow(fail_window=to_duration(policy.fail_window.total_seconds()), warn_window=warn)
        return pb.FreshnessPolicy(time_window=window)
    if isinstance(policy, CronFreshnessPolicy):
        return pb.FreshnessPolicy(
            deadline=pb.FreshnessDeadline(
                cron_expression=policy.deadline_cron,
                lower_bound=to_duration(policy.lower_bound_delta.total_seconds()),
                time_zone=policy.timezone,
            )
        )
    return None


def from_freshness_policy(message: pb.FreshnessPolicy) -> FreshnessPolicy | None:
    """Reads a freshness policy; None for one of a kind that is not known here."""
    if message.HasField("time_window"):
        window = message.time_window
        warn = window.warn_window.ToTimedelta() if window.HasField("warn_window") else None
        return TimeWindowFreshnessPolicy(window.fail_window.ToTimedelta(), warn)
    if message.HasField("deadline"):
        deadline = message.deadline
        zone = deadline.time_zone or "UTC"
        return CronFreshnessPolicy(deadline.cron_expression, deadline.lower_bound.ToTimedelta(), zone)
    return None
