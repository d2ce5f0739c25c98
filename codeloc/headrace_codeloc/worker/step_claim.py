"""The calls of a step's worker."""

from __future__ import annotations

import time
from collections.abc import Sequence

import grpc

from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.step_pb2 import StepEnd
from headrace.api.worker.v1 import step_service_pb2 as pb
from headrace.api.worker.v1.step_service_pb2_grpc import StepServiceStub
from headrace.ids import RandomIds
from headrace_codeloc.worker.calls import Calls
from headrace_codeloc.worker.lease import Lease
from headrace_codeloc.worker.order import StepWorkerOrder


class StepClaim:
    """What the coordinator is to the worker of one attempt.

    Args:
        channel: Open, without retries of its own.
        order: What the worker was ordered to do.
    """

    def __init__(self, channel: grpc.Channel, order: StepWorkerOrder) -> None:
        self._stub = StepServiceStub(channel)
        self._calls = Calls(order.coordinator_address)
        self._order = order
        self._claim_id = RandomIds().uuid7()

    def claim(self, worker: str, seconds: float) -> tuple[pb.ClaimStepResponse, Lease]:
        """Claims the attempt.

        Raises:
            LeaseLostError: somebody else has it, or nobody wants it any more.
            UnreachableError: nothing answered for that many seconds.
        """
        order, deadline = self._order, time.monotonic() + seconds
        request = pb.ClaimStepRequest(
            request_id=self._claim_id,
            run_id=order.run_id,
            epoch=order.epoch,
            run_token=order.run_token,
            step_key=order.step_key,
            attempt=order.attempt,
            worker=worker,
        )
        response, sent_at = self._calls.until(self._stub.ClaimStep, request, lambda: deadline)
        return response, Lease(response.lease_ttl.ToNanoseconds() / 1e9, sent_at)

    def heartbeat(self, lease: Lease, seconds: float) -> bool:
        """Gives a sign of life with one try; returns whether the run is to be canceled.

        Raises:
            LeaseLostError: nobody wants the attempt any more.
            UnreachableError: nothing answered.
        """
        sent_at = time.monotonic()
        answer = self._calls.once(self._stub.ReportStep, self._report(), seconds)
        lease.renew(sent_at)
        return bool(answer.cancel_requested)

    def report(self, batch: int, events: Sequence[Event], lease: Lease) -> bool:
        """Stores a batch, trying until the lease ends; returns whether the run is to be canceled.

        Raises:
            LeaseLostError: nobody wants the attempt any more.
            UnreachableError: nothing answered until the lease was over.
        """
        request = self._report(batch, events)
        answer, sent_at = self._calls.until(self._stub.ReportStep, request, lambda: lease.deadline)
        lease.renew(sent_at)
        return bool(answer.cancel_requested)

    def finish(self, end: StepEnd, batch: int, events: Sequence[Event], lease: Lease) -> None:
        """Stores the last batch and the end, trying until the lease ends.

        Raises:
            LeaseLostError: nobody wants the attempt any more.
            UnreachableError: nothing answered until the lease was over.
        """
        self._calls.until(self._stub.ReportStep, self._report(batch, events, end), lambda: lease.deadline)

    def _report(self, batch: int = 0, events: Sequence[Event] = (), end: StepEnd | None = None) -> pb.ReportStepRequest:
        order = self._order
        return pb.ReportStepRequest(
            run_id=order.run_id,
            epoch=order.epoch,
            run_token=order.run_token,
            step_key=order.step_key,
            attempt=order.attempt,
            claim_id=self._claim_id,
            batch=batch,
            events=events,
            end=end,
        )
