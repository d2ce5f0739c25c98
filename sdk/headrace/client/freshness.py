"""How fresh assets are now."""

from __future__ import annotations

from datetime import datetime, timezone

from headrace.api.types.v1 import automation_pb2
from headrace.automation.freshness import freshness_of
from headrace.wire.automation_conditions import from_freshness_policy


def freshness_now(policy: automation_pb2.FreshnessPolicy, last_made: datetime | None) -> str:
    """How fresh an asset with this policy is: `PASS`, `WARN`, `FAIL` or `UNKNOWN`."""
    made = None if last_made is None else last_made.timestamp()
    return freshness_of(from_freshness_policy(policy), made, datetime.now(timezone.utc)).value
