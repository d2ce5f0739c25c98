"""Workers as processes that the host of their code location starts: no interpreter to boot, no code to import."""

from __future__ import annotations

from functools import lru_cache
from signal import Signals
from typing import TYPE_CHECKING, cast

import grpc
import grpc.aio

from headrace.api.codeloc.v1 import worker_host_service_pb2 as pb
from headrace.api.codeloc.v1.worker_host_service_pb2_grpc import WorkerHostServiceStub
from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder, StopOrder
from headrace.clock import Clock
from headrace.errors import (
    AlreadyExistsError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
    UnimplementedError,
)
from headrace.rpc.status import from_rpc_error
from headrace_services.kit.addresses import LocationAddresses
from headrace_services.kit.follow import Follower
from headrace_services.kit.service import Peers
from headrace_services.launcher.backends.base import Ended, HopelessOrderError, NotNowError, WorkerEnd

if TYPE_CHECKING:
    from headrace.api.codeloc.v1.worker_host_service_pb2_grpc import WorkerHostServiceAsyncStub

_CALL_SECONDS = 10.0
# Asking again changes nothing about these.
_HOPELESS = (
    InvalidArgumentError,
    NotFoundError,
    AlreadyExistsError,
    PermissionDeniedError,
    UnauthenticatedError,
    UnimplementedError,
)


class ProcessBackend:
    """Talks to the WorkerHostService of code locations."""

    kind = "process"

    def __init__(self, peers: Peers, addresses: LocationAddresses, clock: Clock) -> None:
        self._peers = peers
        self._addresses = addresses
        self._clock = clock

    async def start(self, order: LaunchOrder, order_id: str) -> bool:
        """Starts a worker at the location's address."""
        # A location may have come up elsewhere since the run was admitted.
        address = self._addresses.current().get(order.location_name) or order.location_address
        if not address:
            raise HopelessOrderError(f"code location {order.location_name!r} had no address when the run was admitted")
        request = pb.StartWorkerRequest(
            request_id=order_id,
            run_id=order.run_id,
            launch_token=order.launch_token,
            coordinator_address=order.coordinator_address,
            job_name=order.job_name,
            start_method=order.start_method,
        )
        try:
            return (await self._host(address).StartWorker(request, timeout=_CALL_SECONDS)).started
        except grpc.RpcError as error:
            raise _order_failed(error, order, address) from None

    async def stop(self, order: StopOrder, order_id: str) -> None:
        """Has the location end the run's workers."""
        if not order.location_address:
            return
        request = pb.StopWorkerRequest(request_id=order_id, run_id=order.run_id, kill=order.kill)
        try:
            await self._host(order.location_address).StopWorker(request, timeout=_CALL_SECONDS)
        except grpc.RpcError as error:
            problem = from_rpc_error(error, order.location_address)
            if not isinstance(problem, _HOPELESS):
                raise NotNowError(str(problem)) from None

    def place(self, address: str) -> str:
        """Each location watches its own."""
        return address

    async def watch(self, place: str, ended: Ended) -> None:
        """Follows the ends of the workers of the location at the address `place`."""
        live = False

        async def tell(answer: pb.WatchWorkersResponse) -> None:
            nonlocal live
            for end in answer.exits:
                await ended(_end(end, remembered=not live))
            live = live or answer.caught_up

        host = self._host(place)
        await Follower(
            f"workers at {place}",
            lambda cursor: host.WatchWorkers(pb.WatchWorkersRequest(cursor=cursor)),
            tell,
            self._clock,
        ).run()

    async def close(self) -> None:
        """Has nothing of its own."""

    def _host(self, address: str) -> WorkerHostServiceAsyncStub:
        return _stub(self._peers.connect(address))


@lru_cache(maxsize=1024)
def _stub(channel: grpc.aio.Channel) -> WorkerHostServiceAsyncStub:
    """Returns the stub of a host; making one costs as much as a call."""
    return cast("WorkerHostServiceAsyncStub", WorkerHostServiceStub(channel))


def _order_failed(error: grpc.RpcError, order: LaunchOrder, address: str) -> Exception:
    problem = from_rpc_error(error, address)
    where = f"code location {order.location_name!r} at {address}"
    if isinstance(problem, UnimplementedError):
        return HopelessOrderError(
            f"{where} starts no workers (its server lacks the feature `workers`): serve it with "
            "`headrace codeloc serve`, or configure a run launcher that starts workers elsewhere"
        )
    kind = HopelessOrderError if isinstance(problem, _HOPELESS) else NotNowError
    return kind(f"{where} did not start a worker: {problem}")


def _end(end: pb.WorkerExit, *, remembered: bool) -> WorkerEnd:
    if end.signal:
        kind, how = "signal", f"it was killed by {_signal_name(end.signal)}"
    elif end.exit_code:
        kind, how = "code", f"it ended with exit code {end.exit_code}"
    else:
        kind, how = "normal", "it ended without finishing the run"
    detail = f"{how}; it wrote: {end.detail}" if end.detail else how
    return WorkerEnd(end.worker_id, end.run_id, end.launch_token, kind, detail, remembered)


def _signal_name(number: int) -> str:
    try:
        name = Signals(number).name
    except ValueError:
        return f"signal {number}"
    return f"{name} (the machine may have been out of memory)" if number == Signals.SIGKILL else name
