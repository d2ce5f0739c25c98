"""Where a run's worker says which attempts of steps are to be executed elsewhere, and hears how they get on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import grpc

from headrace.api.types.v1.step_pb2 import StepOrder
from headrace.api.worker.v1 import step_service_pb2 as pb
from headrace.api.worker.v1.step_service_pb2_grpc import StepServiceStub
from headrace.errors import LeaseLostError
from headrace_codeloc.pauses import Pauses
from headrace_codeloc.worker.calls import Calls

ORDER_SECONDS = 60.0
"""How long an order is repeated while nobody answers; the run's lease ends before."""
SILENCE_SECONDS = 40.0
"""A watch gives a sign of life every 15 s: after that long without any it is opened anew."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 3.0

Told = Callable[[Sequence[pb.StepAttempt]], None]


class StepBoard:
    """What the coordinator's StepService is to one claimed run.

    Args:
        channel: Open, without retries of its own.
        address: Where it leads, for messages.
        run_id: The run.
        epoch: From the claim.
        run_token: From the claim.
    """

    def __init__(self, channel: grpc.Channel, address: str, run_id: str, epoch: int, run_token: str) -> None:
        self._stub = StepServiceStub(channel)
        self._calls = Calls(address)
        self._holder: dict[str, Any] = {"run_id": run_id, "epoch": epoch, "run_token": run_token}
        self._closing = threading.Event()
        self._watch: Any = None

    def order(self, step_key: str, attempt: int, order: StepOrder) -> None:
        """Says that an attempt is to be executed.

        Raises:
            LeaseLostError: the run is not this worker's any more.
            UnreachableError: nothing answered.
        """
        request = pb.OrderStepRequest(step_key=step_key, attempt=attempt, order=order, **self._holder)
        deadline = time.monotonic() + ORDER_SECONDS
        self._calls.until(self._stub.OrderStep, request, lambda: deadline)

    def look(self, told: Told) -> None:
        """Tells once more of everything that was stored until now.

        Raises:
            LeaseLostError: the run is not this worker's any more.
            UnreachableError: nothing answered.
        """
        stream: Any = self._stub.WatchSteps(pb.WatchStepsRequest(**self._holder), timeout=SILENCE_SECONDS)
        try:
            for answer in stream:
                told(answer.attempts)
                if answer.caught_up:
                    return
        except grpc.RpcError as error:
            raise self._calls.translated(error) from None
        finally:
            stream.cancel()

    def follow(self, told: Told) -> None:
        """Tells of attempts that are claimed and that end, until `close`; what broke off goes on where it was.

        Raises:
            LeaseLostError: the run is not this worker's any more.
        """
        cursor, pauses = "", Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        while not self._closing.is_set():
            request = pb.WatchStepsRequest(cursor=cursor, **self._holder)
            self._watch = stream = self._stub.WatchSteps(request)
            with _Watchdog(stream, SILENCE_SECONDS) as watchdog:
                try:
                    for answer in stream:
                        watchdog.heard()
                        told(answer.attempts)
                        cursor = answer.cursor
                        pauses.reset()
                except grpc.RpcError as error:
                    problem = self._calls.translated(error)
                    if isinstance(problem, LeaseLostError):
                        raise problem from None
            self._closing.wait(pauses.next())

    def close(self) -> None:
        """Ends `follow`."""
        self._closing.set()
        if self._watch is not None:
            with suppress(Exception):
                self._watch.cancel()


class _Watchdog:
    """Cancels a stream on which nothing was heard for too long."""

    def __init__(self, stream: Any, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds
        self._timer: threading.Timer | None = None

    def __enter__(self) -> _Watchdog:
        self.heard()
        return self

    def heard(self) -> None:
        """Begins to count anew."""
        self._stop()
        self._timer = threading.Timer(self._seconds, self._stream.cancel)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
