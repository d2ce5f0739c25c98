"""Calls of the coordinator, each repeated until it is answered or pointless."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import grpc

from headrace.errors import DeadlineExceededError, HeadraceError, UnavailableError
from headrace.rpc.status import from_rpc_error

Response = TypeVar("Response")

CALL_SECONDS = 5.0
"""What one try may take: a coordinator that was paused is tried again while the lease still holds."""
_FIRST_WAIT, _LONGEST_WAIT = 0.02, 1.0


class UnreachableError(Exception):
    """The coordinator did not answer in time."""


class Calls:
    """Makes calls over a channel without retries of its own; `address` is where it leads, for messages."""

    def __init__(self, address: str) -> None:
        self._address = address

    def until(
        self, method: Callable[..., Response], request: Any, deadline: Callable[[], float]
    ) -> tuple[Response, float]:
        """Tries until `deadline`, which may be moved meanwhile; returns the answer, and when it was asked for.

        Raises:
            UnreachableError: nothing answered until then.
            HeadraceError: what was answered instead.
        """
        wait = _FIRST_WAIT
        while True:
            sent_at = time.monotonic()
            left = deadline() - sent_at
            if left <= 0:
                raise UnreachableError(f"the coordinator at {self._address} did not answer in time")
            try:
                return self.once(method, request, min(left, CALL_SECONDS)), sent_at
            except UnreachableError:
                time.sleep(min(random.uniform(wait / 2, wait), max(0.0, deadline() - time.monotonic())))
                wait = min(wait * 2, _LONGEST_WAIT)

    def once(self, method: Callable[..., Response], request: Any, seconds: float) -> Response:
        """Tries once.

        Raises:
            UnreachableError: nothing answered.
            HeadraceError: what was answered instead.
        """
        try:
            return method(request, timeout=seconds)
        except grpc.RpcError as error:
            raise self.translated(error) from None

    def translated(self, error: grpc.RpcError) -> Exception:
        """Returns what an error of a call means."""
        problem: HeadraceError = from_rpc_error(error, self._address)
        if isinstance(problem, (UnavailableError, DeadlineExceededError)):
            return UnreachableError(str(problem))
        return problem
