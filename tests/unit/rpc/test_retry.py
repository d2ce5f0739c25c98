"""Trying again: only what may be, with waits that grow and differ, and with an end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import grpc.aio
import pytest
import pytest_asyncio

from headrace import errors
from headrace.rpc.channel import open_aio_channel, open_channel
from headrace.rpc.methods import method_of
from headrace.rpc.retry import NO_RETRY, RetryPolicy, Tries
from headrace.rpc.server import RpcServer, build_server
from headrace.rpc.status import from_rpc_error, rpc_errors
from rig.ports import free_port
from rig.probe import SERVICE, BlindRequest, Probe, ProbeRequest, ProbeResponse, ProbeStub
from rig.waiting import eventually

FAST = RetryPolicy(first_seconds=0.01, longest_seconds=0.05)
GET, SEND = method_of(f"/{SERVICE}/GetProbe"), method_of(f"/{SERVICE}/SendProbe")


class FailsFirst:
    """Fails so many times, then answers how often it was called."""

    def __init__(self, failures: int, error: errors.HeadraceError) -> None:
        self.failures = failures
        self.error = error
        self.calls = 0
        self.request_ids: set[str] = set()

    async def __call__(self, request: Any, context: Any) -> Any:
        self.calls += 1
        self.request_ids.add(dict(context.invocation_metadata())["x-headrace-request-id"])
        if self.calls <= self.failures:
            raise self.error
        return ProbeResponse(text=str(self.calls))


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest_asyncio.fixture
async def server(probe: Probe) -> AsyncIterator[RpcServer]:
    server = build_server([probe.add_to], "127.0.0.1:0")
    await server.start()
    yield server
    await server.stop(0)


@pytest_asyncio.fixture
async def stub(server: RpcServer) -> AsyncIterator[Any]:
    channel = open_aio_channel(str(server.address), retry=FAST)
    yield ProbeStub(channel)
    await channel.close(None)


def test_waits_grow_to_a_limit_and_differ() -> None:
    policy = RetryPolicy(first_seconds=1, longest_seconds=4, factor=2)
    for failures, longest in [(1, 1), (2, 2), (3, 4), (9, 4)]:
        waits = {policy.delay(failures) for _ in range(50)}
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(waits) > 10


@pytest.mark.parametrize(
    ("method", "code", "failures", "left", "again"),
    [
        (GET, grpc.StatusCode.UNAVAILABLE, 1, 5.0, True),
        (GET, grpc.StatusCode.UNAVAILABLE, 1, None, True),
        (GET, grpc.StatusCode.INTERNAL, 1, 5.0, False),
        (GET, grpc.StatusCode.DEADLINE_EXCEEDED, 1, 5.0, False),
        (GET, grpc.StatusCode.UNAVAILABLE, 1000, 5.0, True),
        (GET, grpc.StatusCode.UNAVAILABLE, 1000, 0.001, False),
        (GET, grpc.StatusCode.UNAVAILABLE, 1, 0.001, False),
        (SEND, grpc.StatusCode.UNAVAILABLE, 1, 5.0, False),
    ],
)
def test_a_retry_needs_the_right_code_the_right_method_tries_and_time(
    method: Any, code: grpc.StatusCode, failures: int, left: float | None, again: bool
) -> None:
    request = BlindRequest() if method is SEND else ProbeRequest()
    assert (RetryPolicy().next_delay(method, request, code, failures, left) is not None) == again


async def test_a_read_is_repeated_until_it_succeeds_under_one_request_id(probe: Probe, stub: Any) -> None:
    probe.answers["GetProbe"] = behavior = FailsFirst(3, errors.DrainingError())
    assert (await stub.GetProbe(ProbeRequest())).text == "4"
    assert len(behavior.request_ids) == 1


async def test_a_write_is_repeated_with_its_request_id_only(probe: Probe, stub: Any) -> None:
    probe.answers["CreateProbe"] = behavior = FailsFirst(1, errors.StorageDownError())
    with pytest.raises(errors.StorageDownError), rpc_errors():
        await stub.CreateProbe(ProbeRequest())
    assert behavior.calls == 1
    assert (await stub.CreateProbe(ProbeRequest(request_id="abc"))).text == "2"


async def test_an_error_that_is_not_unavailable_is_not_repeated(probe: Probe, stub: Any) -> None:
    probe.answers["GetProbe"] = behavior = FailsFirst(9, errors.StaleEtagError())
    with pytest.raises(errors.StaleEtagError), rpc_errors():
        await stub.GetProbe(ProbeRequest())
    assert behavior.calls == 1


async def test_what_a_service_says_by_itself_is_not_repeated(probe: Probe, stub: Any) -> None:
    probe.answers["GetProbe"] = behavior = FailsFirst(9, errors.StorageDownError())
    with pytest.raises(errors.StorageDownError), rpc_errors():
        await stub.GetProbe(ProbeRequest())
    assert behavior.calls == 1


async def test_tries_may_be_counted(probe: Probe, server: RpcServer) -> None:
    probe.answers["GetProbe"] = behavior = FailsFirst(99, errors.DrainingError())
    async with open_aio_channel(str(server.address), retry=RetryPolicy(attempts=3, first_seconds=0.01)) as channel:
        with pytest.raises(errors.DrainingError), rpc_errors():
            await ProbeStub(channel).GetProbe(ProbeRequest())  # type: ignore[attr-defined]
    assert behavior.calls == 3


@pytest.mark.parametrize(("timeout", "patience"), [(None, 0.5), (0.5, 30.0)])
async def test_patience_ends_the_tries_where_no_caller_names_a_deadline(
    probe: Probe, server: RpcServer, timeout: float | None, patience: float
) -> None:
    probe.answers["GetProbe"] = behavior = FailsFirst(10**6, errors.DrainingError())
    retry = RetryPolicy(patience_seconds=patience, first_seconds=0.01, longest_seconds=0.05)
    started = asyncio.get_running_loop().time()
    async with open_aio_channel(str(server.address), retry=retry) as channel:
        with pytest.raises(errors.DrainingError), rpc_errors():
            await ProbeStub(channel).GetProbe(ProbeRequest(), timeout=timeout)  # type: ignore[attr-defined]
    assert 0.2 < asyncio.get_running_loop().time() - started < 10.0
    assert behavior.calls > 2


def test_a_patient_call_gives_each_try_its_whole_time() -> None:
    impatient, patient = (Tries(RetryPolicy(), GET, ProbeRequest(), 5.0, patience) for patience in (None, 0.1))
    assert patient.timeout() == 5.0
    assert (impatient.timeout() or 5.0) < 5.0


async def test_tries_end_with_the_deadline(probe: Probe, server: RpcServer) -> None:
    probe.answers["GetProbe"] = FailsFirst(10**6, errors.DrainingError())
    channel = open_aio_channel(str(server.address), retry=RetryPolicy(longest_seconds=0.05))
    started = asyncio.get_running_loop().time()
    with pytest.raises(grpc.aio.AioRpcError):
        await ProbeStub(channel).GetProbe(ProbeRequest(), timeout=0.5)  # type: ignore[attr-defined]
    assert 0.2 < asyncio.get_running_loop().time() - started < 10.0
    await channel.close(None)


async def test_a_call_canceled_between_tries_ends(probe: Probe, server: RpcServer) -> None:
    probe.answers["GetProbe"] = behavior = FailsFirst(99, errors.DrainingError())
    channel = open_aio_channel(str(server.address), retry=RetryPolicy(first_seconds=0.3))
    call: Any = ProbeStub(channel).GetProbe(ProbeRequest())  # type: ignore[attr-defined]
    task = asyncio.ensure_future(call)
    await eventually(lambda: behavior.calls == 1 and call.done())
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert call.cancelled()
    assert behavior.calls == 1
    await channel.close(None)


async def test_a_server_that_comes_back_is_found_within_the_call(probe: Probe) -> None:
    port = free_port()
    channel = open_aio_channel(f"127.0.0.1:{port}")
    call = asyncio.ensure_future(ProbeStub(channel).GetProbe(ProbeRequest(text="back")))  # type: ignore[attr-defined]
    await asyncio.sleep(0.4)
    server = build_server([probe.add_to], f"127.0.0.1:{port}")
    await server.start()
    assert (await call).text == "back"
    await channel.close(None)
    await server.stop(0)


async def test_calls_that_a_stopping_server_took_and_never_began_are_made_again(probe: Probe) -> None:
    """gRPC's core gives such calls back as CANCELLED: a few in each stop under load."""
    address, over = f"127.0.0.1:{free_port()}", threading.Event()
    callers = [asyncio.create_task(asyncio.to_thread(_call_until, over, address)) for _ in range(6)]
    for _ in range(12):
        server = build_server([probe.add_to], address)
        await server.start()
        await asyncio.sleep(0.1)
        await server.stop(5)
    last = build_server([probe.add_to], address)
    await last.start()
    over.set()
    assert sum([await caller for caller in callers]) > 50
    await last.stop(0)


def _call_until(over: threading.Event, address: str) -> int:
    """Calls without a rest, each connection for a short while, and returns how many calls were answered."""
    answered = 0
    while not over.is_set():
        with open_channel(address, retry=FAST) as channel, rpc_errors():
            stub: Any = ProbeStub(channel)
            for _ in range(50):
                stub.GetProbe(ProbeRequest(), timeout=20)
                answered += 1
    return answered


async def test_a_server_that_was_restarted_is_found_within_two_seconds(probe: Probe) -> None:
    port = free_port()
    channel = open_aio_channel(f"127.0.0.1:{port}")
    stub: Any = ProbeStub(channel)
    for _ in range(2):
        server = build_server([probe.add_to], f"127.0.0.1:{port}")
        await server.start()
        started = asyncio.get_running_loop().time()
        assert (await stub.GetProbe(ProbeRequest(text="here"))).text == "here"
        assert asyncio.get_running_loop().time() - started < 2.0
        await server.stop(0)
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.SendProbe(BlindRequest())
    await channel.close(None)


@pytest.fixture
def sync_server(probe: Probe) -> Iterator[str]:
    """The address of a server whose event loop runs in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> RpcServer:
        server = build_server([probe.add_to], "127.0.0.1:0")
        await server.start()
        return server

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield str(server.address)
    asyncio.run_coroutine_threadsafe(server.stop(0), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def test_a_synchronous_read_is_repeated_under_one_request_id(probe: Probe, sync_server: str) -> None:
    probe.answers["GetProbe"] = behavior = FailsFirst(2, errors.DrainingError())
    with open_channel(sync_server, retry=FAST) as channel:
        assert ProbeStub(channel).GetProbe(ProbeRequest()).text == "3"  # type: ignore[attr-defined]
    assert len(behavior.request_ids) == 1


def test_what_a_service_says_by_itself_is_not_repeated_synchronously(probe: Probe, sync_server: str) -> None:
    probe.answers["GetProbe"] = behavior = FailsFirst(9, errors.StorageDownError())
    with open_channel(sync_server, retry=FAST) as channel, pytest.raises(errors.StorageDownError), rpc_errors():
        ProbeStub(channel).GetProbe(ProbeRequest())  # type: ignore[attr-defined]
    assert behavior.calls == 1


def test_a_synchronous_error_is_ours_too(probe: Probe, sync_server: str) -> None:
    probe.answers["GetProbe"] = FailsFirst(9, errors.RunNotFoundError("no run 7", metadata={"run_id": "7"}))
    with open_channel(sync_server, retry=FAST) as channel, pytest.raises(errors.RunNotFoundError), rpc_errors():
        ProbeStub(channel).GetProbe(ProbeRequest())  # type: ignore[attr-defined]


def test_a_synchronous_write_without_request_id_is_not_repeated(probe: Probe, sync_server: str) -> None:
    probe.answers["CreateProbe"] = behavior = FailsFirst(1, errors.DrainingError())
    with open_channel(sync_server, retry=FAST) as channel, pytest.raises(grpc.RpcError):
        ProbeStub(channel).CreateProbe(ProbeRequest())  # type: ignore[attr-defined]
    assert behavior.calls == 1


def test_synchronous_streams_carry_an_id_and_arrive(probe: Probe, sync_server: str) -> None:
    with open_channel(sync_server) as channel:
        stub: Any = ProbeStub(channel)
        assert [answer.text for answer in stub.WatchProbe(ProbeRequest(text="a b"))] == ["a", "b"]
        assert stub.WriteProbe(iter([ProbeRequest(text="x")])).text == "x"
        assert [answer.text for answer in stub.ExchangeProbe(iter([ProbeRequest(text="x")]))] == ["X"]


def test_nobody_listening_is_told_at_once_without_retries() -> None:
    target = f"127.0.0.1:{free_port()}"
    with open_channel(target, retry=NO_RETRY) as channel, pytest.raises(grpc.RpcError) as caught:
        ProbeStub(channel).GetProbe(ProbeRequest())  # type: ignore[attr-defined]
    assert target in str(from_rpc_error(caught.value, target))
