"""Retry policies: how often and when a failed step is tried again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

from headrace.errors import InvalidDefinitionError


class Backoff(Enum):
    """How the delay grows from one attempt to the next."""

    LINEAR = "LINEAR"
    EXPONENTIAL = "EXPONENTIAL"

    def factor(self, attempt: int) -> float:
        """What the delay is multiplied with before retry number `attempt`, counted from 1."""
        return attempt if self is Backoff.LINEAR else 2**attempt - 1


class Jitter(Enum):
    """How randomness is laid over the delay."""

    FULL = "FULL"
    PLUS_MINUS = "PLUS_MINUS"

    def apply(self, delay: float, base: float, randomness: float) -> float:
        """The delay to wait, for a random number between 0 and 1.

        `FULL` waits between nothing and the whole delay, `PLUS_MINUS` up to the policy's own delay less or more than it.
        """
        return delay * randomness if self is Jitter.FULL else delay + base * (2 * randomness - 1)


@dataclass(frozen=True)
class RetryPolicy:
    """Tries a step again when it raises.

    Args:
        max_retries: How many attempts may follow the first one.
        delay: Seconds before the first retry; none when left out.
        backoff: How the delay grows; needs `delay`.
        jitter: How randomness is laid over the delay; needs `delay`.
    """

    max_retries: int = 1
    delay: int | float | None = None
    backoff: Backoff | None = None
    jitter: Jitter | None = None

    def __post_init__(self) -> None:
        if self.max_retries < 0:
            raise InvalidDefinitionError(f"RetryPolicy: max_retries must be 0 or more, not {self.max_retries}.")
        if self.delay is None and (self.backoff or self.jitter):
            raise InvalidDefinitionError("RetryPolicy: backoff and jitter need a delay to work on; set delay as well.")
        if self.delay is not None and self.delay < 0:
            raise InvalidDefinitionError(f"RetryPolicy: delay must be 0 seconds or more, not {self.delay}.")

    def calculate_delay(self, attempt_num: int, randomness: float | None = None) -> float:
        """Seconds to wait before retry number `attempt_num`, counted from 1."""
        base = delay = float(self.delay or 0)
        if self.backoff is not None:
            delay *= self.backoff.factor(attempt_num)
        if self.jitter is not None:
            delay = self.jitter.apply(delay, base, random.random() if randomness is None else randomness)
        return delay
