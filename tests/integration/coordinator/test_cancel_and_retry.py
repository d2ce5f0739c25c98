"""Canceling runs in every state, and repeating those that are over."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import (
    RETRY_STRATEGY_ALL_STEPS,
    RETRY_STRATEGY_FROM_ASSET_FAILURE,
    CancelRunRequest,
    RetryRunRequest,
)
from headrace.api.storage.v1.run_store_service_pb2 import ListRunsRequest, RunFilter
from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import HeadraceError
from headrace.rpc.status import from_rpc_error
from headrace_services.kit.config.model import RunQueue
from rig.control_plane import ControlPlane, StartControlPlane
from rig.location import StartLocation
from rig.scripted_location import ScriptedLocation
from rig.waiting import wait_until_async

QUEUED, STARTING, RUNNING = run_pb2.RUN_STATE_QUEUED, run_pb2.RUN_STATE_STARTING, run_pb2.RUN_STATE_RUNNING
CANCELING, CANCELED = run_pb2.RUN_STATE_CANCELING, run_pb2.RUN_STATE_CANCELED
SUCCEEDED, FAILED = run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED

JOBS = """
    import os, time
    from pathlib import Path
    from headrace import AssetOut, Output, asset, job, multi_asset, op

    HOME = Path(os.environ["HEADRACE_HOME"])

    @op
    def nap():
        (HOME / "napping").touch()
        time.sleep(60)

    @job
    def napping():
        nap()

    @op
    def fail_when_told():
        deadline = time.monotonic() + 60
        while not (HOME / "told").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        raise ValueError("as I was told")

    @job
    def failing():
        fail_when_told()

    @op
    def load():
        with (HOME / "loads").open("a") as file:
            file.write("x")
        return 1

    @op
    def check(value):
        if not (HOME / "fixed").exists():
            raise ValueError("not fixed yet")
        return value

    @op
    def report(value):
        return value

    @job
    def pipeline():
        report(check(load()))

    @asset
    def raw():
        with (HOME / "loads").open("a") as file:
            file.write("r")
        return 1

    @multi_asset(outs={"left": AssetOut(is_required=False), "right": AssetOut(is_required=False)})
    def split(raw):
        yield Output(raw, "left")
        if (HOME / "fixed").exists():
            yield Output(raw, "right")

    @asset
    def joined(left, right):
        return left + right
"""


def _job(name: str) -> list[Definition]:
    return [Definition(job=JobDefinition(name=name))]


async def cancel(plane: ControlPlane, run_id: str) -> Run:
    request = CancelRunRequest(request_id=plane.ids.uuid7(), run_id=run_id)
    return (await plane.coordinator.CancelRun(request)).run  # type: ignore[no-any-return]


async def retry(plane: ControlPlane, run_id: str, **fields: Any) -> Run:
    request = RetryRunRequest(request_id=plane.ids.uuid7(), run_id=run_id, **fields)
    return (await plane.coordinator.RetryRun(request)).run  # type: ignore[no-any-return]


async def refused(plane: ControlPlane, run_id: str, **fields: Any) -> HeadraceError:
    with pytest.raises(grpc.RpcError) as caught:
        await retry(plane, run_id, **fields)
    return from_rpc_error(caught.value)


@pytest.fixture
async def plane(start_control_plane: StartControlPlane, start_location: StartLocation) -> ControlPlane:
    plane = await start_control_plane("storage", "coordinator", "launcher")
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    return plane


async def test_a_queued_run_is_canceled_at_once(start_control_plane: StartControlPlane) -> None:
    plane = await start_control_plane("storage", "coordinator", run_queue=RunQueue(max_concurrent_runs=0))
    location = ScriptedLocation(_job("sums"))
    await plane.add_location("scripted", await location.serve())
    run = await plane.submit(job_name="sums")
    assert (await cancel(plane, run.run_id)).state == CANCELED
    assert await plane.states(run.run_id) == [QUEUED, CANCELED]
    await location.close()


async def test_a_run_that_no_worker_has_yet_is_canceled_at_once(start_control_plane: StartControlPlane) -> None:
    plane = await start_control_plane("storage", "coordinator")
    location = ScriptedLocation(_job("sums"))
    await plane.add_location("scripted", await location.serve())
    run = await plane.submit(job_name="sums")
    await plane.run_in(run.run_id, STARTING)
    assert (await cancel(plane, run.run_id)).state == CANCELED
    assert await plane.states(run.run_id) == [QUEUED, STARTING, CANCELING, CANCELED]
    await location.close()


async def test_a_running_run_is_canceled_by_its_worker(plane: ControlPlane, tmp_path: Path) -> None:
    run = await plane.submit(job_name="napping")
    await plane.run_in(run.run_id, RUNNING)
    assert (await cancel(plane, run.run_id)).state == CANCELING
    ended = await plane.run_in(run.run_id, CANCELED, SUCCEEDED, FAILED)
    assert ended.state == CANCELED
    assert (await cancel(plane, run.run_id)).state == CANCELED


async def test_a_retry_repeats_what_failed_and_what_is_below_it(plane: ControlPlane, tmp_path: Path) -> None:
    first = await plane.submit(job_name="pipeline")
    assert (await plane.run_in(first.run_id, FAILED, SUCCEEDED)).state == FAILED
    (tmp_path / "fixed").touch()

    second = await retry(plane, first.run_id)
    assert list(second.step_keys) == ["check", "report"]
    assert (second.parent_run_id, second.root_run_id) == (first.run_id, first.run_id)
    tags = {tag.key: tag.value for tag in second.tags}
    assert tags["headrace/parent_run_id"] == tags["headrace/root_run_id"] == first.run_id
    ended = await plane.run_in(second.run_id, FAILED, SUCCEEDED)
    assert ended.state == SUCCEEDED, ended.failure
    assert (tmp_path / "loads").read_text() == "x"

    assert (await refused(plane, second.run_id)).reason == "NOTHING_TO_RETRY"
    third = await retry(plane, second.run_id, strategy=RETRY_STRATEGY_ALL_STEPS)
    assert (third.parent_run_id, third.root_run_id) == (second.run_id, first.run_id)
    assert list(third.step_keys) == ["check", "report"]
    fourth = await retry(plane, first.run_id, step_keys=["load"])
    assert (await plane.run_in(fourth.run_id, FAILED, SUCCEEDED)).state == SUCCEEDED
    assert (tmp_path / "loads").read_text() == "xx"


async def test_a_retry_of_what_is_not_over_or_not_there_is_refused(plane: ControlPlane) -> None:
    run = await plane.submit(job_name="napping")
    assert (await refused(plane, run.run_id)).reason == "RUN_NOT_FINISHED"
    assert (await refused(plane, plane.ids.uuid7())).reason == "RUN_NOT_FOUND"
    await cancel(plane, run.run_id)
    await plane.run_in(run.run_id, CANCELED)
    error = await refused(plane, run.run_id, step_keys=["nab"])
    assert "did you mean 'nap'" in str(error)


async def test_a_run_that_fails_is_repeated_by_itself_as_often_as_it_asks_for(
    plane: ControlPlane, tmp_path: Path
) -> None:
    run = await plane.submit(job_name="pipeline", tags=[Tag(key="headrace/max_retries", value="2")])
    assert (await plane.run_in(run.run_id, FAILED, SUCCEEDED)).state == FAILED

    async def chain() -> list[Run] | None:
        request = ListRunsRequest(filter=RunFilter(root_run_id=run.run_id))
        runs = list((await plane.runs.ListRuns(request)).runs)
        return runs if len(runs) == 3 and all(each.HasField("finish_time") for each in runs) else None

    last, middle, first = await wait_until_async(chain, what="two retries") or []
    assert first.run_id == run.run_id
    assert (middle.parent_run_id, last.parent_run_id) == (first.run_id, middle.run_id)
    assert [{tag.key: tag.value for tag in each.tags}["headrace/retry_number"] for each in (middle, last)] == ["1", "2"]
    assert (tmp_path / "loads").read_text() == "x"


async def test_a_full_queue_refuses_new_runs_and_no_retries_of_those_that_it_took(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path
) -> None:
    queue = RunQueue(max_concurrent_runs=1, max_queued_runs=1)
    plane = await start_control_plane("storage", "coordinator", "launcher", run_queue=queue)
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    run = await plane.submit(job_name="failing", tags=[Tag(key="headrace/max_retries", value="1")])
    await plane.run_in(run.run_id, RUNNING)
    await plane.submit(job_name="failing")
    with pytest.raises(grpc.RpcError, match="queued already"):
        await plane.submit(job_name="failing")
    (tmp_path / "told").touch()

    async def repeated() -> bool:
        answer = await plane.runs.ListRuns(ListRunsRequest(filter=RunFilter(root_run_id=run.run_id)))
        return len(answer.runs) == 2 and all(each.HasField("finish_time") for each in answer.runs)

    await wait_until_async(repeated, 30, "the retry")


async def test_a_run_may_be_of_some_steps_only(plane: ControlPlane, tmp_path: Path) -> None:
    run = await plane.submit(job_name="pipeline", step_keys=["load"])
    assert (await plane.run_in(run.run_id, FAILED, SUCCEEDED)).state == SUCCEEDED
    with pytest.raises(grpc.RpcError, match="lode"):
        await plane.submit(job_name="pipeline", step_keys=["lode"])


async def test_a_retry_from_asset_failure_makes_the_assets_that_are_missing_and_those_below(
    plane: ControlPlane, tmp_path: Path
) -> None:
    first = await plane.submit()
    # Every step succeeded or was skipped: only the assets tell that something is missing.
    assert (await plane.run_in(first.run_id, FAILED, SUCCEEDED)).state == SUCCEEDED
    (tmp_path / "fixed").touch()
    second = await retry(plane, first.run_id, strategy=RETRY_STRATEGY_FROM_ASSET_FAILURE)
    assert ["/".join(key.path) for key in second.asset_selection] == ["left", "right", "joined"]
    ended = await plane.run_in(second.run_id, FAILED, SUCCEEDED)
    assert ended.state == SUCCEEDED, ended.failure
    assert (tmp_path / "loads").read_text() == "r"
    made = [
        event.asset_materialized for event in await plane.events(second.run_id) if event.HasField("asset_materialized")
    ]
    # Which version was read is known without the front door, which workers do not depend on.
    left = next(each for each in made if each.asset_key.path == ["left"])
    assert "headrace/input_data_version/raw" in {tag.key for tag in left.tags}
    third = await refused(plane, second.run_id, strategy=RETRY_STRATEGY_FROM_ASSET_FAILURE)
    assert third.reason == "NOTHING_TO_RETRY"
