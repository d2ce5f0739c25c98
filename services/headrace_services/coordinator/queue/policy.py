"""The policy that a deployment wrote, as decisions ask it."""

from __future__ import annotations

import logging

from headrace_services.coordinator.queue.deciding import QueuedRun, Refusal, refuse_nothing
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.extend import RunPolicy, WaitingRun, load_custom

logger = logging.getLogger(__name__)


def policy_of(instance: InstanceConfig) -> Refusal:
    """Returns what the instance's policy says of runs.

    Raises:
        InvalidConfigError: it cannot be loaded.
    """
    if instance.run_policy is None:
        return refuse_nothing
    policy = load_custom(instance.run_policy, RunPolicy)  # type: ignore[type-abstract]

    def refuse(run: QueuedRun) -> str:
        waiting = WaitingRun(run.run_id, run.location_name, run.priority, run.tags, run.pools)
        try:
            return policy.refuse(waiting)
        except Exception as error:
            # Whoever wrote it meant to hold something back: letting the run go could be what it is there to prevent.
            logger.exception("the policy failed", extra={"run_id": run.run_id})
            return f"the policy failed: {type(error).__name__}: {error}"

    return refuse
