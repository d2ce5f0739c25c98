"""Freshness policies: how old an asset may become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from headrace.definitions.schedules.cron import check_cron, check_timezone, smallest_interval
from headrace.errors import InvalidCronError, InvalidDefinitionError

_LEAST = timedelta(seconds=60)


class FreshnessPolicy:
    """How old an asset may become before it counts as stale; made with `time_window` or `cron`."""

    @staticmethod
    def time_window(*, fail_window: timedelta, warn_window: timedelta | None = None) -> TimeWindowFreshnessPolicy:
        """The asset must have been made within a time that moves along.

        Args:
            fail_window: Longer ago, it is stale.
            warn_window: Longer ago, it is about to be.
        """
        return TimeWindowFreshnessPolicy(fail_window, warn_window)

    @staticmethod
    def cron(*, deadline_cron: str, lower_bound_delta: timedelta, timezone: str = "UTC") -> CronFreshnessPolicy:
        """The asset must be made shortly before each deadline.

        Args:
            deadline_cron: The deadlines.
            lower_bound_delta: How long before a deadline it may be made to count for it.
            timezone: The time zone of the deadlines.
        """
        return CronFreshnessPolicy(deadline_cron, lower_bound_delta, timezone)


@dataclass(frozen=True)
class TimeWindowFreshnessPolicy(FreshnessPolicy):
    """The asset must have been made within a time that moves along."""

    fail_window: timedelta
    warn_window: timedelta | None = None

    def __post_init__(self) -> None:
        for name, window in (("fail_window", self.fail_window), ("warn_window", self.warn_window)):
            if window is not None and window < _LEAST:
                raise InvalidDefinitionError(f"A freshness policy's {name} is at least 60 seconds, not {window}.")
        if self.warn_window is not None and self.warn_window >= self.fail_window:
            raise InvalidDefinitionError(
                f"A freshness policy's warn_window ({self.warn_window}) is shorter than its fail_window "
                f"({self.fail_window})."
            )


@dataclass(frozen=True)
class CronFreshnessPolicy(FreshnessPolicy):
    """The asset must be made shortly before each deadline."""

    deadline_cron: str
    lower_bound_delta: timedelta
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        try:
            check_cron(self.deadline_cron)
        except InvalidCronError as error:
            raise InvalidCronError(f"Invalid cron string for a freshness policy's deadline_cron. {error}") from None
        try:
            check_timezone(self.timezone)
        except InvalidCronError as error:
            raise InvalidCronError(f"Invalid IANA timezone for a freshness policy. {error}") from None
        if self.lower_bound_delta < _LEAST:
            raise InvalidDefinitionError(
                "A freshness policy's lower_bound_delta must be greater than or equal to 1 minute; it is "
                f"{self.lower_bound_delta}."
            )
        smallest = smallest_interval(self.deadline_cron)
        if self.lower_bound_delta > smallest:
            raise InvalidDefinitionError(
                "A freshness policy's lower_bound_delta must be less than or equal to the smallest cron interval, which is "
                f"{smallest} between deadlines of {self.deadline_cron!r}; it is {self.lower_bound_delta}."
            )


def checked_policy(policy: Any, what: str) -> FreshnessPolicy | None:
    """The policy, if it is one."""
    if policy is not None and not isinstance(policy, FreshnessPolicy):
        raise InvalidDefinitionError(f"{what}: freshness_policy is a FreshnessPolicy, not {policy!r}.")
    return policy
