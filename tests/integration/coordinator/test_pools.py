"""Pools over real workers: slots are never more than there are, come back from the dead, and show who waits."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import CancelRunRequest, ExplainRunsRequest
from headrace.api.types.v1 import run_pb2, run_wait_pb2
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace_services.kit.config.model import Pools
from rig.control_plane import ControlPlane, StartControlPlane
from rig.location import StartLocation
from rig.waiting import wait_until_async

RUNNING, CANCELED = run_pb2.RUN_STATE_RUNNING, run_pb2.RUN_STATE_CANCELED
SUCCEEDED, FAILED = run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED

JOBS = """
    import os, time
    from pathlib import Path
    from headrace import in_process_executor, job, multiprocess_executor, op

    HOME = Path(os.environ["HEADRACE_HOME"])

    def tell(what):
        with (HOME / "steps").open("a") as file:
            file.write(what)

    def use():
        tell("+")
        time.sleep(0.05)
        tell("-")

    def make(name):
        @op(name=name, pool="db")
        def using():
            use()
        return using

    @job(executor_def=multiprocess_executor)
    def crowd():
        for name in ("a", "b", "c", "d"):
            make(name)()

    @op(pool="db")
    def hold():
        tell("h")
        while not (HOME / "enough").exists():
            time.sleep(0.02)

    @op
    def beside():
        tell("b")

    @job(executor_def=in_process_executor)
    def holding():
        hold()
        beside()
"""


@pytest.fixture
async def plane(start_control_plane: StartControlPlane, start_location: StartLocation) -> ControlPlane:
    plane = await start_control_plane("storage", "coordinator", "launcher", pools=Pools(limits={"db": 1}))
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    return plane


def most_at_once(steps: str) -> int:
    """How many steps were between their beginning and their end at most."""
    now = most = 0
    for each in steps:
        now += {"+": 1, "-": -1}.get(each, 0)
        most = max(most, now)
    return most


async def told(tmp_path: Path, what: str) -> None:
    async def look() -> bool:
        file = tmp_path / "steps"
        return file.exists() and what in file.read_text()

    await wait_until_async(look, what=f"a step that says {what}")


async def test_steps_of_several_runs_share_the_slots(plane: ControlPlane, tmp_path: Path) -> None:
    runs = [await plane.submit(job_name="crowd") for _ in range(3)]
    for run in runs:
        ended = await plane.run_in(run.run_id, SUCCEEDED, FAILED, timeout=30)
        assert ended.state == SUCCEEDED, ended.failure
    steps = (tmp_path / "steps").read_text()
    assert steps.count("+") == 12
    assert most_at_once(steps) == 1


async def test_a_waiting_step_says_so_and_gets_the_slot_of_a_worker_that_was_killed(
    plane: ControlPlane, tmp_path: Path
) -> None:
    first = await plane.submit(job_name="holding", tags=[Tag(key="headrace/max_retries", value="0")])
    await told(tmp_path, "h")
    # A first step that needs no slot lets the run out of the queue.
    second = await plane.submit(job_name="holding")
    await told(tmp_path, "hb")

    async def waits() -> bool:
        answer = await plane.coordinator.ExplainRuns(ExplainRunsRequest(run_ids=[second.run_id]))
        found = [(w.kind, w.name, list(w.step_keys), w.used) for each in answer.explanations for w in each.waits]
        return found == [(run_wait_pb2.RUN_WAIT_KIND_POOL, "db", ["hold"], 1)]

    await wait_until_async(waits)
    worker = int((await plane.run_in(first.run_id, RUNNING)).worker.rpartition(" ")[2])
    (tmp_path / "steps").unlink()
    os.kill(worker, signal.SIGKILL)
    await told(tmp_path, "h")
    (tmp_path / "enough").touch()
    assert (await plane.run_in(second.run_id, SUCCEEDED, FAILED)).state == SUCCEEDED
    assert (await plane.run_in(first.run_id, SUCCEEDED, FAILED)).state == FAILED


async def test_a_run_whose_steps_wait_can_be_canceled(plane: ControlPlane, tmp_path: Path) -> None:
    await plane.submit(job_name="holding")
    await told(tmp_path, "h")
    waiting = await plane.submit(job_name="holding")
    await told(tmp_path, "hb")
    await plane.coordinator.CancelRun(CancelRunRequest(request_id=plane.ids.uuid7(), run_id=waiting.run_id))
    await plane.run_in(waiting.run_id, CANCELED)
    (tmp_path / "enough").touch()


async def test_a_coordinator_that_is_told_to_end_sends_away_who_waits_for_a_slot(
    plane: ControlPlane, tmp_path: Path
) -> None:
    await plane.submit(job_name="holding")
    await told(tmp_path, "h")
    await plane.submit(job_name="holding")
    await told(tmp_path, "hb")
    await wait_until_async(lambda: waiting_workers(plane, 1), what="a worker that waits for a slot")
    began = time.monotonic()
    await plane.app.stop()
    took = time.monotonic() - began
    (tmp_path / "enough").touch()
    assert took < 5, "that is how long calls that do not end are waited for"


async def waiting_workers(plane: ControlPlane, count: int) -> bool:
    return f"headrace_pool_waiting_workers {float(count)}" in plane.app.metrics.exposition().decode()


async def test_where_runs_hold_the_slots_their_steps_need_none(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path
) -> None:
    pools = Pools(limits={"db": 1}, granularity="run")
    plane = await start_control_plane("storage", "coordinator", "launcher", pools=pools)
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    first, second = [await plane.submit(job_name="holding") for _ in range(2)]
    await told(tmp_path, "h")
    answer = await plane.coordinator.ExplainRuns(ExplainRunsRequest(run_ids=[second.run_id]))
    assert [wait.kind for wait in answer.explanations[0].waits] == [run_wait_pb2.RUN_WAIT_KIND_POOL]
    (tmp_path / "enough").touch()
    for run in (first, second):
        assert (await plane.run_in(run.run_id, SUCCEEDED, FAILED)).state == SUCCEEDED
    assert (tmp_path / "steps").read_text() == "hbhb"
