"""Trying again: which calls may, and how long to wait in between."""

from __future__ import annotations

import random
from dataclasses import dataclass

import grpc

from headrace.rpc.methods import Method


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits grow from `first_seconds` by `factor` up to `longest_seconds`, each shortened by chance by up to a half.

    Attributes:
        attempts: Tries in all; 1 means no retry.
        first_seconds: The wait after the first try.
        longest_seconds: No wait is longer.
        factor: How much longer each wait is than the one before.
    """

    attempts: int = 8
    first_seconds: float = 0.05
    longest_seconds: float = 2.0
    factor: float = 2.0

    def delay(self, failures: int) -> float:
        """Returns how long to wait after that many failures."""
        longest = min(self.longest_seconds, self.first_seconds * self.factor ** (failures - 1))
        return longest * random.uniform(0.5, 1.0)

    def next_delay(
        self, method: Method, request: object, code: grpc.StatusCode, failures: int, seconds_left: float | None
    ) -> float | None:
        """Returns how long to wait before the next try; None when there must be none.

        Only UNAVAILABLE is tried again blindly: it says that the call was not served, or that serving it twice is
        what the request id is for. A wait that would outlast the caller is not begun.
        """
        if code is not grpc.StatusCode.UNAVAILABLE or failures >= self.attempts or not method.may_repeat(request):
            return None
        delay = self.delay(failures)
        return None if seconds_left is not None and delay >= seconds_left else delay


NO_RETRY = RetryPolicy(attempts=1)
