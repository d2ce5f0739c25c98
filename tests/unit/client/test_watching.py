"""Watches survive interruptions: each event once, in order, to the end."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.api.types.v1 import event_pb2, run_pb2
from headrace.client import AsyncClient, Client
from headrace.errors import (
    CursorExpiredError,
    DeadlineExceededError,
    DrainingError,
    RateLimitedError,
    UnavailableError,
)

RUN = "01900000-0000-7000-8000-000000000001"


def response(*sequences: int, last: bool = False) -> pb.WatchRunResponse:
    events = [
        event_pb2.Event(run_id=RUN, sequence=each, log_recorded=event_pb2.LogRecorded(message=str(each)))
        for each in sequences
    ]
    if last:
        events[-1].run_state_changed.state = run_pb2.RUN_STATE_SUCCEEDED
    return pb.WatchRunResponse(events=events, cursor=f"after {sequences[-1]}")


def piece(data: bytes, offset: int, *, complete: bool = False) -> pb.ReadStepLogResponse:
    return pb.ReadStepLogResponse(data=data, next_offset=offset, complete=complete)


BROKEN = [
    [response(1, 2), DrainingError("stopping")],
    [UnavailableError("not yet")],
    [response(2, 3), RateLimitedError("too slow")],
    [],
    [response(4, last=True)],
]
CURSORS = ["", "after 2", "after 2", "after 3", "after 3"]


def test_a_watch_goes_on_where_it_broke_off(served: Any) -> None:
    served.gateway.script = [list(part) for part in BROKEN]
    with Client(served.target) as client:
        seen = [event.sequence for event in client.watch(RUN)]
    assert seen == [1, 2, 3, 4]
    assert served.gateway.cursors == CURSORS


async def test_an_asynchronous_watch_goes_on_where_it_broke_off(served: Any) -> None:
    served.gateway.script = [list(part) for part in BROKEN]
    async with AsyncClient(served.target) as client:
        seen = [event.sequence async for event in client.watch(RUN)]
    assert seen == [1, 2, 3, 4]
    assert served.gateway.cursors == CURSORS


def test_a_log_goes_on_at_its_offset(served: Any) -> None:
    served.gateway.script = [[piece(b"abc", 3), DrainingError("stopping")], [piece(b"de", 5, complete=True)]]
    with Client(served.target) as client:
        assert b"".join(client.logs(RUN, "step", follow=True)) == b"abcde"
    assert served.gateway.cursors == [0, 3]


def test_a_wait_returns_the_run(served: Any) -> None:
    served.gateway.script = [[response(1, last=True)]]
    with Client(served.target) as client:
        assert client.wait(RUN).succeeded


def test_a_wait_gives_up_when_its_time_is_over(served: Any) -> None:
    served.gateway.script = [[UnavailableError("not yet")] for _ in range(50)]
    with Client(served.target) as client, pytest.raises(DeadlineExceededError, match="not over in time"):
        client.wait(RUN, timeout=0.5)


def test_a_past_that_is_gone_is_not_tried_again(served: Any) -> None:
    served.gateway.script = [[CursorExpiredError("gone", metadata={"oldest_cursor": "x"})]]
    with Client(served.target) as client, pytest.raises(CursorExpiredError) as caught:
        list(client.watch(RUN, cursor="old"))
    assert caught.value.metadata == {"oldest_cursor": "x"}


def test_a_gateway_that_stays_away_is_given_up(served: Any) -> None:
    served.gateway.script = [[UnavailableError("never")] for _ in range(50)]
    with Client(served.target, patience=0.3) as client, pytest.raises(UnavailableError, match="never"):
        list(client.watch(RUN))
