"""Whether and when a failed step is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headrace.definitions.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class RetryAsk:
    """User code asked to be tried again: at most `max_retries` times in all, after `wait_seconds`."""

    max_retries: int = 1
    wait_seconds: float | None = None


def retry_wait(
    policy: RetryPolicy | None, asked: RetryAsk | None, *, retries_done: int, random: Callable[[], float]
) -> float | None:
    """Seconds until the next attempt, None when there is none.

    What user code asked for wins over the step's policy.
    """
    if asked is not None:
        return (asked.wait_seconds or 0.0) if retries_done < asked.max_retries else None
    if policy is None or retries_done >= policy.max_retries:
        return None
    return policy_wait(policy, retries_done + 1, random)


def policy_wait(policy: RetryPolicy, retry: int, random: Callable[[], float]) -> float:
    """The delay that `policy` sets before its retry number `retry` (from 1)."""
    base = policy.delay or 0.0
    wait = base
    if policy.backoff is not None:
        wait = base * (retry if policy.backoff.name == "LINEAR" else 2**retry - 1)
    if policy.jitter is not None:
        wait = random() * wait if policy.jitter.name == "FULL" else wait + (2 * random() - 1) * base
    return max(0.0, wait)
