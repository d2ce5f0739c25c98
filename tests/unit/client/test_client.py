"""Calls of the client: what they send, and what they make of answers."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

import headrace
from headrace.client import AsyncClient, Client, RunState
from headrace.client.runs import state_number
from headrace.client.target import resolve_target
from headrace.errors import DrainingError, InvalidArgumentError, RunNotFoundError

RUN = "01900000-0000-7000-8000-000000000001"


def test_a_job_is_submitted_as_it_is_asked_for(served: Any) -> None:
    with Client(served.target) as client:
        run = client.submit_job(
            "job",
            location_name="here",
            run_config={"ops": {"a": {"config": {"n": 1}}}},
            tags={"team": "a", "priority": 3},
            op_selection=["*a"],
            asset_selection=["raw/orders", headrace.AssetKey(["raw", "items"])],
            partition_key="2026",
        )
    (request,) = served.gateway.requests
    assert (request.job_name, request.location_name, request.partition_key) == ("job", "here", "2026")
    assert request.run_config.media_type == "application/json"
    assert json.loads(request.run_config.text) == {"ops": {"a": {"config": {"n": 1}}}}
    assert {tag.key: tag.value for tag in request.tags} == {"team": "a", "priority": "3"}
    assert [list(key.path) for key in request.asset_selection] == [["raw", "orders"], ["raw", "items"]]
    assert (run.run_id, run.state, run.finished) == (RUN, RunState.QUEUED, False)


def test_a_request_that_was_not_served_is_sent_again_as_the_same(served: Any) -> None:
    served.gateway.refuse = [DrainingError("leaving"), DrainingError("leaving")]
    with Client(served.target) as client:
        client.submit_job("job")
    ids = {request.request_id for request in served.gateway.requests}
    assert len(served.gateway.requests) == 3
    assert len(ids) == 1


def test_an_answer_that_says_no_is_an_exception(served: Any) -> None:
    with Client(served.target) as client:
        with pytest.raises(RunNotFoundError, match="there is no run other"):
            client.get_run("other")
        served.gateway.refuse = [InvalidArgumentError(violations={"run_config.ops": "not an op"})]
        with pytest.raises(InvalidArgumentError) as caught:
            client.submit_job("job")
    assert caught.value.violations == {"run_config.ops": "not an op"}


@pytest.mark.parametrize(("limit", "count"), [(None, 1200), (3, 3), (501, 501)])
def test_a_list_is_as_long_as_it_is_asked_for(served: Any, limit: int | None, count: int) -> None:
    served.gateway.runs = 1200
    with Client(served.target) as client:
        runs = client.list_runs(limit=limit)
    assert [run.run_id for run in runs] == [str(number) for number in range(count)]


async def test_the_asynchronous_client_does_the_same(served: Any) -> None:
    served.gateway.runs = 700
    async with AsyncClient(served.target) as client:
        assert len(await client.list_runs(limit=None)) == 700
        assert (await client.submit_job("job")).run_id == RUN
        with pytest.raises(RunNotFoundError):
            await client.get_run("other")


def public(kind: type) -> dict[str, list[str]]:
    return {
        name: list(inspect.signature(member).parameters)
        for name, member in vars(kind).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }


def test_both_clients_offer_the_same(served: Any) -> None:
    assert public(Client) == public(AsyncClient)
    sync, aio = Client(served.target), AsyncClient(served.target)
    for group in ("jobs", "assets", "schedules", "sensors", "locations"):
        assert public(type(getattr(sync, group))) == public(type(getattr(aio, group)))
    sync.close()


def test_the_target_is_named_by_argument_environment_or_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADRACE_TARGET", raising=False)
    assert resolve_target(None) == "127.0.0.1:4270"
    monkeypatch.setenv("HEADRACE_TARGET", "127.0.0.1:1")
    assert resolve_target(None) == "127.0.0.1:1"
    assert resolve_target("127.0.0.1:2") == "127.0.0.1:2"


def test_a_state_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="'done' is no state of a run; there are queued, starting"):
        state_number("done")


def test_a_state_of_a_newer_server_is_unknown_and_no_error() -> None:
    assert RunState("suspended") is RunState.UNKNOWN
