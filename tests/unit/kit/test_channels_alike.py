"""A service cannot tell whether its peer is in its own process: one suite, both channels."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
import pytest
import pytest_asyncio

from headrace import errors
from headrace.rpc.aio import PolicyChannel
from headrace.rpc.channel import RECEIVE_LIMIT_BYTES, open_aio_channel
from headrace.rpc.deadlines import time_left
from headrace.rpc.policy import CallPolicy
from headrace.rpc.scope import current_scope
from headrace.rpc.server import build_server
from headrace.rpc.serving import Serving
from headrace.rpc.status import from_rpc_error, rpc_errors
from headrace_services.kit.local import LocalChannel, LocalServer
from rig.probe import SERVICE, BlindRequest, Probe, ProbeRequest, ProbeResponse, ProbeStub
from rig.waiting import eventually


@dataclass
class Pair:
    """Both ends of a channel."""

    probe: Probe
    stub: Any
    serving: Serving
    channel: grpc.aio.Channel


class Observed:
    """Notes what an observer is told."""

    def __init__(self) -> None:
        self.open = 0
        self.ended: list[tuple[str, str]] = []

    def call_started(self, method: Any) -> None:
        self.open += 1

    def call_ended(self, method: Any, code: str, seconds: float) -> None:
        self.open -= 1
        self.ended.append((method.name, code))


@pytest.fixture
def observed() -> Observed:
    return Observed()


@pytest_asyncio.fixture(params=["network", "in process"])
async def pair(request: pytest.FixtureRequest, observed: Observed) -> AsyncIterator[Pair]:
    probe, serving = Probe(), Serving(observer=observed)
    if request.param == "network":
        server = build_server([probe.add_to], "127.0.0.1:0", serving=serving)
        await server.start()
        channel = open_aio_channel(f"127.0.0.1:{server.port}")
        yield Pair(probe, ProbeStub(channel), serving, channel)
        await channel.close(None)
        await server.stop(0)
    else:
        local = LocalServer(serving)
        local.add(probe.add_to)
        channel = PolicyChannel(LocalChannel(local), CallPolicy())
        yield Pair(probe, ProbeStub(channel), serving, channel)
        await channel.close(None)
        await local.stop(0)


async def failure(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


class Interrupted:
    """A behavior that never answers, and notes that it was interrupted."""

    def __init__(self) -> None:
        self.started = self.interrupted = False

    async def __call__(self, request: Any, context: Any) -> Any:
        self.started = True
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.interrupted = True
            raise


async def test_a_call_is_answered(pair: Pair) -> None:
    call = pair.stub.GetProbe(ProbeRequest(text="hello"))
    assert (await call).text == "hello"
    assert await call.code() is grpc.StatusCode.OK
    assert call.done()
    assert not call.cancelled()


async def test_an_answer_may_be_awaited_twice(pair: Pair) -> None:
    call = pair.stub.SendProbe(BlindRequest(text="once"))
    assert (await call).text == (await call).text == "once"


async def test_many_calls_go_on_at_once(pair: Pair) -> None:
    calls = [pair.stub.GetProbe(ProbeRequest(text=str(number))) for number in range(100)]
    assert [answer.text for answer in await asyncio.gather(*calls)] == [str(number) for number in range(100)]


async def test_what_is_received_is_a_copy(pair: Pair) -> None:
    kept = ProbeResponse(text="mine")

    async def answer(request: Any, context: Any) -> Any:
        request.text = "changed by the server"
        return kept

    pair.probe.answers["GetProbe"] = answer
    request = ProbeRequest(text="yours")
    (await pair.stub.GetProbe(request)).text = "changed by the client"
    assert (request.text, kept.text) == ("yours", "mine")


async def test_an_error_arrives_as_the_same_class_with_reason_and_metadata(pair: Pair) -> None:
    async def answer(request: Any, context: Any) -> Any:
        raise errors.RunFinishedError("run 7 has finished", metadata={"run_id": "7"})

    pair.probe.answers["GetProbe"] = answer
    with pytest.raises(errors.RunFinishedError, match="run 7 has finished") as caught, rpc_errors():
        await pair.stub.GetProbe(ProbeRequest())
    assert caught.value.reason == "RUN_FINISHED"
    assert caught.value.metadata == {"run_id": "7"}


async def test_an_abort_ends_the_call_with_its_code_message_and_metadata(pair: Pair, observed: Observed) -> None:
    async def answer(request: Any, context: Any) -> Any:
        await context.abort(grpc.StatusCode.OUT_OF_RANGE, "too far", (("oldest", "3"),))

    pair.probe.answers["GetProbe"] = answer
    error = await failure(pair.stub.GetProbe(ProbeRequest()))
    assert (error.code(), error.details()) == (grpc.StatusCode.OUT_OF_RANGE, "too far")
    assert dict(list(error.trailing_metadata()))["oldest"] == "3"  # type: ignore[call-overload]
    await eventually(lambda: observed.ended == [("GetProbe", "OUT_OF_RANGE")])


async def test_a_bug_is_an_incident_and_shows_nothing_of_itself(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    async def answer(request: Any, context: Any) -> Any:
        raise ZeroDivisionError("secret detail")

    pair.probe.answers["GetProbe"] = answer
    with caplog.at_level(logging.ERROR):
        error = from_rpc_error(await failure(pair.stub.GetProbe(ProbeRequest())))
    assert type(error) is errors.InternalError
    assert "secret" not in str(error)
    assert error.metadata["incident"] in str(error)
    assert any(getattr(record, "incident", "") == error.metadata["incident"] for record in caplog.records)


async def test_an_error_of_a_peer_is_passed_on_as_it_is(pair: Pair) -> None:
    async def deeper(request: Any, context: Any) -> Any:
        raise errors.QueueFullError("full", retry_after=1.5)

    async def answer(request: Any, context: Any) -> Any:
        return await pair.stub.SendProbe(BlindRequest())

    pair.probe.answers |= {"GetProbe": answer, "SendProbe": deeper}
    error = from_rpc_error(await failure(pair.stub.GetProbe(ProbeRequest())))
    assert isinstance(error, errors.QueueFullError)
    assert error.retry_after == 1.5


async def test_a_deadline_ends_both_sides(pair: Pair, observed: Observed) -> None:
    pair.probe.answers["GetProbe"] = behavior = Interrupted()
    error = await failure(pair.stub.GetProbe(ProbeRequest(), timeout=0.5))
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await eventually(lambda: behavior.interrupted)
    await eventually(lambda: observed.ended == [("GetProbe", "DEADLINE_EXCEEDED")])


async def test_a_server_knows_the_deadline(pair: Pair) -> None:
    async def answer(request: Any, context: Any) -> Any:
        return ProbeResponse(text=f"{context.time_remaining():.1f} {time_left():.1f}")

    pair.probe.answers["GetProbe"] = answer
    remaining, left = (await pair.stub.GetProbe(ProbeRequest(), timeout=30.0)).text.split()
    # The transport may round up what it sends of a deadline.
    assert 20 < float(remaining) <= 31.0
    assert 20 < float(left) <= 31.0


async def test_a_call_on_behalf_of_a_call_ends_before_it(pair: Pair) -> None:
    async def deeper(request: Any, context: Any) -> Any:
        return ProbeResponse(text=str(context.time_remaining()))

    async def answer(request: Any, context: Any) -> Any:
        return await pair.stub.SendProbe(BlindRequest())

    pair.probe.answers |= {"GetProbe": answer, "SendProbe": deeper}
    deeper_left = float((await pair.stub.GetProbe(ProbeRequest(), timeout=3.0)).text)
    assert 1 < deeper_left < 2.9


async def test_a_task_that_outlives_its_call_is_not_bound_by_its_deadline(pair: Pair) -> None:
    seen: list[float | None] = []
    release = asyncio.Event()

    async def background() -> None:
        await release.wait()
        seen.append(time_left())

    async def answer(request: Any, context: Any) -> Any:
        pair.probe.background = asyncio.create_task(background())  # type: ignore[attr-defined]
        return ProbeResponse()

    pair.probe.answers["GetProbe"] = answer
    await pair.stub.GetProbe(ProbeRequest())
    release.set()
    await eventually(lambda: seen == [None])


async def test_canceling_a_call_ends_both_sides(pair: Pair, observed: Observed) -> None:
    pair.probe.answers["GetProbe"] = behavior = Interrupted()
    call = pair.stub.GetProbe(ProbeRequest())
    await eventually(lambda: behavior.started)
    assert call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert call.cancelled()
    await eventually(lambda: behavior.interrupted)
    await eventually(lambda: observed.ended == [("GetProbe", "CANCELLED")])


async def test_canceling_who_waits_ends_the_call(pair: Pair) -> None:
    pair.probe.answers["GetProbe"] = behavior = Interrupted()

    async def wait() -> None:
        await pair.stub.GetProbe(ProbeRequest())

    task = asyncio.create_task(wait())
    await eventually(lambda: behavior.started)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await eventually(lambda: behavior.interrupted)


async def test_a_stream_arrives_in_order_and_ends(pair: Pair) -> None:
    answers = [answer.text async for answer in pair.stub.WatchProbe(ProbeRequest(text="a b c"))]
    assert answers == ["a", "b", "c"]


async def test_a_stream_may_be_read_one_by_one(pair: Pair) -> None:
    call = pair.stub.WatchProbe(ProbeRequest(text="a b"))
    assert (await call.read()).text == "a"
    assert (await call.read()).text == "b"
    assert await call.read() is grpc.aio.EOF  # type: ignore[attr-defined]


async def test_what_was_streamed_before_an_error_arrives_before_it(pair: Pair) -> None:
    async def answer(request: Any, context: Any) -> Any:
        yield ProbeResponse(text="first")
        raise errors.CursorExpiredError("gone", metadata={"oldest": "9"})

    pair.probe.answers["WatchProbe"] = answer
    received = []
    with pytest.raises(errors.CursorExpiredError) as caught, rpc_errors():
        async for response in pair.stub.WatchProbe(ProbeRequest()):
            received.append(response.text)
    assert received == ["first"]
    assert caught.value.metadata == {"oldest": "9"}


class Endless:
    """A stream that notes how far it came and that it was closed."""

    def __init__(self, size: int = 0) -> None:
        self.sent = 0
        self.closed = False
        self._data = b"x" * size

    async def __call__(self, request: Any, context: Any) -> Any:
        try:
            while True:
                yield ProbeResponse(data=self._data)
                self.sent += 1
                await asyncio.sleep(0)
        finally:
            self.closed = True


async def test_leaving_a_stream_closes_it(pair: Pair) -> None:
    pair.probe.answers["WatchProbe"] = behavior = Endless()
    call = pair.stub.WatchProbe(ProbeRequest())
    async for _ in call:
        break
    call.cancel()
    await eventually(lambda: behavior.closed)


async def test_dropping_a_stream_closes_it(pair: Pair) -> None:
    pair.probe.answers["WatchProbe"] = behavior = Endless()

    async def first() -> None:
        async for _ in pair.stub.WatchProbe(ProbeRequest()):
            return

    await first()
    await eventually(lambda: behavior.closed)


async def test_a_slow_reader_holds_the_writer_back(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    pair.probe.answers["WatchProbe"] = behavior = Endless(size=100_000)
    call = pair.stub.WatchProbe(ProbeRequest())
    await call.read()
    before = -1
    while behavior.sent != before:
        before = behavior.sent
        await asyncio.sleep(0.1)
    assert 0 < behavior.sent * 100_000 < 32 * 1024 * 1024
    call.cancel()
    await eventually(lambda: behavior.closed)
    assert not caplog.records


async def test_a_stream_without_end_has_no_deadline_but_keeps_the_one_it_is_given(pair: Pair) -> None:
    async def answer(request: Any, context: Any) -> Any:
        yield ProbeResponse(text=str(context.time_remaining()))
        await asyncio.Event().wait()

    pair.probe.answers["WatchProbe"] = answer
    endless = pair.stub.WatchProbe(ProbeRequest())
    assert (await endless.read()).text == "None"
    endless.cancel()
    bounded = pair.stub.WatchProbe(ProbeRequest(), timeout=0.5)
    await bounded.read()
    assert (await failure(bounded.read())).code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_a_client_streams_from_an_iterator(pair: Pair) -> None:
    requests = (ProbeRequest(text=word) for word in ("a", "b", "c"))
    assert (await pair.stub.WriteProbe(requests)).text == "a b c"


async def test_a_client_streams_from_an_asynchronous_iterator(pair: Pair) -> None:
    async def requests() -> AsyncIterator[Any]:
        for word in ("a", "b", "c"):
            yield ProbeRequest(text=word)

    assert (await pair.stub.WriteProbe(requests())).text == "a b c"


async def test_a_client_streams_by_writing(pair: Pair) -> None:
    call = pair.stub.WriteProbe()
    for word in ("a", "b"):
        await call.write(ProbeRequest(text=word))
    await call.done_writing()
    assert (await call).text == "a b"


async def test_both_sides_talk_in_turn(pair: Pair) -> None:
    call = pair.stub.ExchangeProbe()
    for word in ("a", "b", "c"):
        await call.write(ProbeRequest(text=word))
        assert (await call.read()).text == word.upper()
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF  # type: ignore[attr-defined]


async def test_an_error_ends_a_stream_of_requests(pair: Pair) -> None:
    async def answer(requests: Any, context: Any) -> Any:
        async for _ in requests:
            raise errors.LeaseLostError

    pair.probe.answers["WriteProbe"] = answer
    with pytest.raises(errors.LeaseLostError), rpc_errors():
        await pair.stub.WriteProbe(ProbeRequest() for _ in range(3))


async def test_metadata_goes_both_ways(pair: Pair) -> None:
    async def answer(request: Any, context: Any) -> Any:
        received = dict(context.invocation_metadata())
        await context.send_initial_metadata((("first", "1"),))
        context.set_trailing_metadata((("last", "2"),))
        return ProbeResponse(text=received["asked"], data=received["raw-bin"])

    pair.probe.answers["GetProbe"] = answer
    call = pair.stub.GetProbe(ProbeRequest(), metadata=(("asked", "yes"), ("raw-bin", b"\x00\x01")))
    response = await call
    assert (response.text, response.data) == ("yes", b"\x00\x01")
    assert dict(list(await call.initial_metadata()))["first"] == "1"
    assert dict(list(await call.trailing_metadata()))["last"] == "2"


async def test_a_request_id_goes_through_every_hop(pair: Pair) -> None:
    async def deeper(request: Any, context: Any) -> Any:
        scope = current_scope()
        assert scope is not None
        return ProbeResponse(text=f"{scope.request_id} {scope.traceparent}")

    async def answer(request: Any, context: Any) -> Any:
        return await pair.stub.SendProbe(BlindRequest())

    pair.probe.answers |= {"GetProbe": answer, "SendProbe": deeper}
    metadata = (("x-headrace-request-id", "abc"), ("traceparent", "00-1-2-03"))
    assert (await pair.stub.GetProbe(ProbeRequest(), metadata=metadata)).text == "abc 00-1-2-03"


async def test_what_a_caller_keeps_to_itself_does_not_reach_the_server(pair: Pair) -> None:
    async def deeper(request: Any, context: Any) -> Any:
        scope = current_scope()
        return ProbeResponse(text=scope.method if scope else "")

    async def answer(request: Any, context: Any) -> Any:
        await pair.stub.SendProbe(BlindRequest())
        scope = current_scope()
        return ProbeResponse(text=scope.method if scope else "")

    pair.probe.answers |= {"GetProbe": answer, "SendProbe": deeper}
    assert (await pair.stub.GetProbe(ProbeRequest())).text.endswith("/GetProbe")
    assert current_scope() is None


async def test_a_code_that_was_set_ends_the_call(pair: Pair) -> None:
    async def answer(request: Any, context: Any) -> Any:
        context.set_code(grpc.StatusCode.DATA_LOSS)
        context.set_details("half of it is gone")
        return ProbeResponse()

    pair.probe.answers["GetProbe"] = answer
    error = await failure(pair.stub.GetProbe(ProbeRequest()))
    assert (error.code(), error.details()) == (grpc.StatusCode.DATA_LOSS, "half of it is gone")


async def test_an_unknown_method_is_unimplemented(pair: Pair) -> None:
    unknown = pair.channel.unary_unary(
        f"/{SERVICE}/NoSuchProbe", BlindRequest.SerializeToString, BlindRequest.FromString
    )
    error = await failure(unknown(BlindRequest()))
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert isinstance(from_rpc_error(error), errors.UnimplementedError)


async def test_a_message_beyond_the_limit_is_refused_either_way(pair: Pair) -> None:
    excess = b"x" * (RECEIVE_LIMIT_BYTES + 1)
    error = from_rpc_error(await failure(pair.stub.GetProbe(ProbeRequest(data=excess))))
    assert isinstance(error, errors.MessageTooLargeError)

    async def answer(request: Any, context: Any) -> Any:
        return ProbeResponse(data=excess)

    pair.probe.answers["GetProbe"] = answer
    error = from_rpc_error(await failure(pair.stub.GetProbe(ProbeRequest())))
    assert isinstance(error, errors.MessageTooLargeError)


async def test_draining_ends_streams_and_finishes_calls(pair: Pair) -> None:
    finish = asyncio.Event()

    async def slow(request: Any, context: Any) -> Any:
        await finish.wait()
        return ProbeResponse(text="finished")

    async def waiting(request: Any, context: Any) -> Any:
        yield ProbeResponse(text="open")
        await asyncio.Event().wait()

    pair.probe.answers |= {"GetProbe": slow, "WatchProbe": waiting}
    watch, call = pair.stub.WatchProbe(ProbeRequest()), pair.stub.GetProbe(ProbeRequest())
    assert (await watch.read()).text == "open"
    pair.serving.end_streams()
    assert isinstance(from_rpc_error(await failure(watch.read())), errors.DrainingError)
    late = pair.stub.WatchProbe(ProbeRequest())
    assert isinstance(from_rpc_error(await failure(late.read())), errors.DrainingError)
    finish.set()
    assert (await call).text == "finished"


async def test_a_done_callback_is_called(pair: Pair) -> None:
    called: list[bool] = []
    call = pair.stub.SendProbe(BlindRequest())
    call.add_done_callback(lambda done: called.append(done.done()))
    await call
    await eventually(lambda: called == [True])


async def test_a_server_may_know_that_its_call_has_ended(pair: Pair) -> None:
    ended: list[str] = []
    started = asyncio.Event()

    async def answer(request: Any, context: Any) -> Any:
        context.add_done_callback(lambda done: ended.append(done.peer()))
        started.set()
        await asyncio.Event().wait()

    pair.probe.answers["SendProbe"] = answer
    call = pair.stub.SendProbe(BlindRequest())
    await started.wait()
    call.cancel()
    await eventually(lambda: len(ended) == 1)


async def test_every_call_is_observed_once(pair: Pair, observed: Observed) -> None:
    await pair.stub.GetProbe(ProbeRequest())
    assert [answer.text async for answer in pair.stub.WatchProbe(ProbeRequest(text="a"))] == ["a"]
    await eventually(lambda: observed.ended == [("GetProbe", "OK"), ("WatchProbe", "OK")])
    assert observed.open == 0


async def test_canceling_who_reads_ends_the_stream(pair: Pair) -> None:
    async def waiting(request: Any, context: Any) -> Any:
        try:
            yield ProbeResponse(text="open")
            await asyncio.Event().wait()
        finally:
            ended.set()

    ended = asyncio.Event()
    pair.probe.answers["WatchProbe"] = waiting
    watch = pair.stub.WatchProbe(ProbeRequest())
    await watch.read()
    reading = asyncio.ensure_future(watch.read())
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await asyncio.wait_for(ended.wait(), 30)
    assert watch.cancelled()


async def test_a_stream_that_falls_silent_may_be_given_up(pair: Pair) -> None:
    async def silent(request: Any, context: Any) -> Any:
        yield ProbeResponse(text="open")
        await asyncio.Event().wait()

    pair.probe.answers["WatchProbe"] = silent
    watch = pair.stub.WatchProbe(ProbeRequest())
    await watch.read()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(watch.read(), 0.05)
    assert watch.done()


async def test_a_streamed_message_beyond_the_limit_ends_the_stream(pair: Pair) -> None:
    async def answer(request: Any, context: Any) -> Any:
        yield ProbeResponse(text="fits")
        yield ProbeResponse(data=b"x" * (RECEIVE_LIMIT_BYTES + 1))

    pair.probe.answers["WatchProbe"] = answer
    watch = pair.stub.WatchProbe(ProbeRequest())
    assert (await watch.read()).text == "fits"
    assert isinstance(from_rpc_error(await failure(watch.read())), errors.MessageTooLargeError)


async def test_nothing_is_written_after_the_end(pair: Pair) -> None:
    call = pair.stub.WriteProbe()
    await call.write(ProbeRequest(text="a"))
    await call.done_writing()
    with pytest.raises(asyncio.InvalidStateError):
        await call.write(ProbeRequest(text="b"))
    assert (await call).text == "a"
    with pytest.raises(asyncio.InvalidStateError):
        await call.write(ProbeRequest(text="c"))


async def test_an_iterator_of_requests_that_fails_cancels_the_call(pair: Pair) -> None:
    def requests() -> Any:
        yield ProbeRequest(text="a")
        raise RuntimeError("no more")

    with pytest.raises(asyncio.CancelledError):
        await pair.stub.WriteProbe(requests())


async def test_a_closed_channel_makes_no_calls(pair: Pair) -> None:
    await pair.channel.close(None)
    with pytest.raises(grpc.aio.UsageError, match="closed"):
        await pair.stub.GetProbe(ProbeRequest())


async def test_closing_a_channel_with_grace_lets_calls_finish(pair: Pair) -> None:
    release, started = asyncio.Event(), asyncio.Event()

    async def slow(request: Any, context: Any) -> Any:
        started.set()
        await release.wait()
        return ProbeResponse(text="finished")

    pair.probe.answers["SendProbe"] = slow
    call = asyncio.ensure_future(pair.stub.SendProbe(BlindRequest()))
    await started.wait()
    closing = asyncio.ensure_future(pair.channel.close(5))
    await asyncio.sleep(0.02)
    release.set()
    assert (await call).text == "finished"
    await closing


async def test_closing_a_channel_ends_its_calls(pair: Pair) -> None:
    pair.probe.answers["SendProbe"] = behavior = Interrupted()
    call = asyncio.ensure_future(pair.stub.SendProbe(BlindRequest()))
    await eventually(lambda: behavior.started)
    await pair.channel.close(None)
    with pytest.raises((asyncio.CancelledError, grpc.aio.AioRpcError)):
        await call
    await eventually(lambda: behavior.interrupted)
