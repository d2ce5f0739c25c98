"""How fresh an asset is: a function of its policy, when it was last made, and the moment."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import Enum

from headrace.definitions.assets.freshness_policy import CronFreshnessPolicy, FreshnessPolicy, TimeWindowFreshnessPolicy
from headrace.definitions.schedules.cron import previous_due

_INSTANT = timedelta(microseconds=1)


class FreshnessState(str, Enum):
    """How fresh an asset is."""

    PASS = "PASS"
    WARN = "WARN"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    NOT_APPLICABLE = "NOT_APPLICABLE"


def freshness_of(policy: FreshnessPolicy | None, last_made: float | None, now: datetime) -> FreshnessState:
    """How fresh an asset is.

    Args:
        policy: How old it may become.
        last_made: When it was last made, in seconds since 1970; None if never.
        now: The moment.
    """
    if policy is None:
        return FreshnessState.NOT_APPLICABLE
    if last_made is None:
        return FreshnessState.UNKNOWN
    made = datetime.fromtimestamp(last_made, timezone.utc)
    if isinstance(policy, TimeWindowFreshnessPolicy):
        return _of_window(policy, now - made)
    if isinstance(policy, CronFreshnessPolicy):
        return FreshnessState.PASS if made >= _counts_from(policy, now) else FreshnessState.FAIL
    return FreshnessState.UNKNOWN


def next_change(policy: FreshnessPolicy | None, last_made: float | None, now: datetime) -> datetime | None:
    """When the freshness of an asset changes next if it is not made until then; None: not by itself."""
    if last_made is None or not isinstance(policy, TimeWindowFreshnessPolicy):
        return None
    made = datetime.fromtimestamp(last_made, timezone.utc)
    ends = [made + window for window in (policy.warn_window, policy.fail_window) if window is not None]
    return min((end + _INSTANT for end in ends if end >= now), default=None)


def _of_window(policy: TimeWindowFreshnessPolicy, age: timedelta) -> FreshnessState:
    if age > policy.fail_window:
        return FreshnessState.FAIL
    if policy.warn_window is not None and age > policy.warn_window:
        return FreshnessState.WARN
    return FreshnessState.PASS


def _counts_from(policy: CronFreshnessPolicy, now: datetime) -> datetime:
    """From when on it must have been made for the last deadline that has passed."""
    deadline = previous_due(policy.deadline_cron, policy.timezone, now.astimezone(timezone.utc) + _INSTANT)
    return deadline - policy.lower_bound_delta
