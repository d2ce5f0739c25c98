"""The calls of a worker, each repeated until it is answered or pointless."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import grpc

from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.api.worker.v1.worker_service_pb2_grpc import WorkerServiceStub
from headrace.errors import DeadlineExceededError, HeadraceError, UnavailableError
from headrace.rpc.status import from_rpc_error
from headrace_codeloc.worker.lease import Lease

Response = TypeVar("Response")

CALL_SECONDS = 5.0
"""What one try may take: a coordinator that was paused is tried again while the lease still holds."""
_FIRST_WAIT, _LONGEST_WAIT = 0.02, 1.0


class UnreachableError(Exception):
    """The coordinator did not answer in time."""


class Coordinator:
    """What the coordinator is to one worker.

    Args:
        channel: Open, without retries of its own.
        address: Where it leads, for messages.
        run_id: The run.
    """

    def __init__(self, channel: grpc.Channel, address: str, run_id: str) -> None:
        self._stub = WorkerServiceStub(channel)
        self._address = address
        self._run_id = run_id
        self._epoch = 0
        self._run_token = ""

    def claim(self, request: pb.ClaimRunRequest, seconds: float) -> tuple[pb.ClaimRunResponse, Lease]:
        """Claims the run.

        Raises:
            LeaseLostError: somebody else has it, or it is over.
            UnreachableError: nothing answered for that many seconds.
        """
        deadline = time.monotonic() + seconds
        response, sent_at = self._call(self._stub.ClaimRun, request, lambda: deadline)
        self._epoch, self._run_token = response.epoch, response.run_token
        ttl = response.lease_ttl.seconds + response.lease_ttl.nanos / 1e9
        return response, Lease(ttl, sent_at)

    def heartbeat(self, lease: Lease, seconds: float) -> bool:
        """Renews the lease with one try of at most that many seconds; returns whether the run is to be canceled.

        Raises:
            LeaseLostError: the lease is gone.
            UnreachableError: nothing answered.
        """
        request = pb.HeartbeatRequest(run_id=self._run_id, epoch=self._epoch, run_token=self._run_token)
        sent_at = time.monotonic()
        response = self._try(self._stub.Heartbeat, request, seconds)
        lease.renew(sent_at)
        return bool(response.cancel_requested)

    def report(self, batch: int, events: Sequence[Event], lease: Lease) -> bool:
        """Stores a batch, trying until the lease ends; returns whether the run is to be canceled.

        Raises:
            LeaseLostError: the lease is gone.
            UnreachableError: nothing answered until the lease was over.
        """
        request = pb.ReportEventsRequest(
            run_id=self._run_id, epoch=self._epoch, run_token=self._run_token, batch=batch, events=events
        )
        response, sent_at = self._call(self._stub.ReportEvents, request, lambda: lease.deadline)
        lease.renew(sent_at)
        return bool(response.cancel_requested)

    def finish(self, state: Any, failure: Failure | None, batch: int, events: Sequence[Event], lease: Lease) -> None:
        """Stores the last batch and ends the run, trying until the lease ends.

        Raises:
            LeaseLostError: the lease is gone.
            UnreachableError: nothing answered until the lease was over.
        """
        request = pb.FinishRunRequest(
            run_id=self._run_id,
            epoch=self._epoch,
            run_token=self._run_token,
            state=state,
            failure=failure,
            batch=batch,
            events=events,
        )
        self._call(self._stub.FinishRun, request, lambda: lease.deadline)

    def claim_pool_slots(self, request: pb.ClaimPoolSlotsRequest) -> pb.ClaimPoolSlotsResponse:
        """Says which steps hold slots of pools or want one, with one try.

        Raises:
            LeaseLostError: the lease is gone.
            UnreachableError: nothing answered.
        """
        return self._try(self._stub.ClaimPoolSlots, self._signed(request), CALL_SECONDS)

    def await_pool_slots(
        self,
        request: pb.ClaimPoolSlotsRequest,
        seconds: float,
        remember: Callable[[Callable[[], object] | None, int], bool],
    ) -> pb.ClaimPoolSlotsResponse | None:
        """Says the same and waits for a slot; None if it was broken off.

        Args:
            request: What to say.
            seconds: How long the coordinator may take.
            remember: Is given what breaks the call off, and None when it is over; false breaks it off at once.

        Raises:
            LeaseLostError: the lease is gone.
            UnreachableError: nothing answered.
        """
        call: Any = self._stub.ClaimPoolSlots.future(self._signed(request), timeout=seconds + CALL_SECONDS)
        try:
            if not remember(call.cancel, request.round):
                call.cancel()
            answer: pb.ClaimPoolSlotsResponse = call.result()
        except grpc.FutureCancelledError:
            return None
        except grpc.RpcError as error:
            raise _translated(from_rpc_error(error, self._address)) from None
        finally:
            remember(None, request.round)
        return answer

    def _signed(self, request: pb.ClaimPoolSlotsRequest) -> pb.ClaimPoolSlotsRequest:
        request.run_id, request.epoch, request.run_token = self._run_id, self._epoch, self._run_token
        return request

    def _call(
        self, method: Callable[..., Response], request: Any, deadline: Callable[[], float]
    ) -> tuple[Response, float]:
        """Tries until `deadline`, which a heartbeat may move; returns the answer, and when it was asked for."""
        wait = _FIRST_WAIT
        while True:
            sent_at = time.monotonic()
            left = deadline() - sent_at
            if left <= 0:
                raise UnreachableError(f"the coordinator at {self._address} did not answer in time")
            try:
                return self._try(method, request, min(left, CALL_SECONDS)), sent_at
            except UnreachableError:
                time.sleep(min(random.uniform(wait / 2, wait), max(0.0, deadline() - time.monotonic())))
                wait = min(wait * 2, _LONGEST_WAIT)

    def _try(self, method: Callable[..., Response], request: Any, seconds: float) -> Response:
        try:
            return method(request, timeout=seconds)
        except grpc.RpcError as error:
            raise _translated(from_rpc_error(error, self._address)) from None


def _translated(error: HeadraceError) -> Exception:
    if isinstance(error, (UnavailableError, DeadlineExceededError)):
        return UnreachableError(str(error))
    return error
