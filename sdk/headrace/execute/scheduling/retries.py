"""Whether and when a failed step is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headrace.definitions.ops.failure import Failure, RetryRequested
from headrace.errors import UserCodeError

if TYPE_CHECKING:
    from headrace.definitions.ops.retries import RetryPolicy


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
    return policy.calculate_delay(retries_done + 1, random())


def raised_by_user(error: BaseException) -> BaseException:
    """The exception of user code, without what was wrapped around it."""
    return error.user_exception if isinstance(error, UserCodeError) and error.user_exception else error


def retry_ask(error: BaseException) -> tuple[bool, RetryAsk | None]:
    """Whether the step's retry policy may apply to a failure, and the retry that user code asked for."""
    raised = raised_by_user(error)
    asked = RetryAsk(raised.max_retries, raised.seconds_to_wait) if isinstance(raised, RetryRequested) else None
    return not isinstance(raised, Failure) or raised.allow_retries, asked
