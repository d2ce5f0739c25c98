"""Trying again: which calls may, and how long to wait in between."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import grpc

from headrace.rpc.methods import Method

# A call that is out of time still goes out: the transport then answers DEADLINE_EXCEEDED as it always does.
_LEAST_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits grow from `first_seconds` by `factor` up to `longest_seconds`, each shortened by chance by up to a half.

    What ends the tries is time: the caller's deadline, or else the policy's patience.

    Attributes:
        attempts: Tries in all; 1 means no retry, None as many as there is time for.
        patience_seconds: For how long a call without a deadline of its caller's is tried again, while no single try takes
            longer than its method may; None for as long as one try may take.
        first_seconds: The wait after the first try.
        longest_seconds: No wait is longer.
        factor: How much longer each wait is than the one before.
    """

    attempts: int | None = None
    patience_seconds: float | None = None
    first_seconds: float = 0.05
    longest_seconds: float = 2.0
    factor: float = 2.0

    @property
    def repeats(self) -> bool:
        """Whether anything is ever tried again."""
        return self.attempts is None or self.attempts > 1

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
        if code is not grpc.StatusCode.UNAVAILABLE or not method.may_repeat(request):
            return None
        if self.attempts is not None and failures >= self.attempts:
            return None
        delay = self.delay(failures)
        return None if seconds_left is not None and delay >= seconds_left else delay


class Tries:
    """The tries of one call: whether there is to be another, and how long it may take.

    Under a deadline of the caller's the last try ends with it. Patience only ends the beginning of tries.
    """

    def __init__(
        self, policy: RetryPolicy, method: Method, request: object, timeout: float | None, patience: float | None
    ) -> None:
        self._policy = policy
        self._method = method
        self._request = request
        self._timeout = timeout
        self._patient = patience is not None
        self._failures = 0
        seconds = timeout if patience is None else patience
        self._end = None if seconds is None else time.monotonic() + seconds

    def delay(self, code: grpc.StatusCode) -> float | None:
        """Returns how long to wait after a try that ended so; None when it was the last."""
        self._failures += 1
        return self._policy.next_delay(self._method, self._request, code, self._failures, self.left())

    def timeout(self) -> float | None:
        """Returns how long a try may take that begins now."""
        return self._timeout if self._patient else self.left()

    def left(self) -> float | None:
        """Returns for how long tries may go on; None for ever."""
        return None if self._end is None else max(self._end - time.monotonic(), _LEAST_SECONDS)


NO_RETRY = RetryPolicy(attempts=1)
