"""The calls of a run's worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import grpc

from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.api.worker.v1.worker_service_pb2_grpc import WorkerServiceStub
from headrace_codeloc.worker.calls import CALL_SECONDS, Calls
from headrace_codeloc.worker.lease import Lease


class Coordinator:
    """What the coordinator is to one worker.

    Args:
        channel: Open, without retries of its own.
        address: Where it leads, for messages.
        run_id: The run.
    """

    def __init__(self, channel: grpc.Channel, address: str, run_id: str) -> None:
        self._stub = WorkerServiceStub(channel)
        self._calls = Calls(address)
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
        response, sent_at = self._calls.until(self._stub.ClaimRun, request, lambda: deadline)
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
        response = self._calls.once(self._stub.Heartbeat, request, seconds)
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
        response, sent_at = self._calls.until(self._stub.ReportEvents, request, lambda: lease.deadline)
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
        self._calls.until(self._stub.FinishRun, request, lambda: lease.deadline)

    def claim_pool_slots(self, request: pb.ClaimPoolSlotsRequest) -> pb.ClaimPoolSlotsResponse:
        """Says which steps hold slots of pools or want one, with one try.

        Raises:
            LeaseLostError: the lease is gone.
            UnreachableError: nothing answered.
        """
        return self._calls.once(self._stub.ClaimPoolSlots, self._signed(request), CALL_SECONDS)

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
            raise self._calls.translated(error) from None
        finally:
            remember(None, request.round)
        return answer

    def _signed(self, request: pb.ClaimPoolSlotsRequest) -> pb.ClaimPoolSlotsRequest:
        request.run_id, request.epoch, request.run_token = self._run_id, self._epoch, self._run_token
        return request
