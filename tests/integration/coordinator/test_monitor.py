"""Runs that do not get on: workers that die, orders that nobody claims, cancels that nobody confirms."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import CancelRunRequest, ExplainRunsRequest
from headrace.api.storage.v1.run_store_service_pb2 import ListRunsRequest, RunFilter
from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run
from headrace.api.types.v1.run_wait_pb2 import RUN_WAIT_KIND_DELAY
from headrace_services.kit.config.components import EngineLauncher, NamedLauncher
from headrace_services.kit.config.model import Leases, RunMonitoring, RunQueue
from rig.control_plane import ControlPlane, StartControlPlane
from rig.location import StartLocation
from rig.processes import is_alive
from rig.scripted_location import ScriptedLocation
from rig.waiting import wait_until_async

STARTING, RUNNING, CANCELING = (
    run_pb2.RUN_STATE_STARTING,
    run_pb2.RUN_STATE_RUNNING,
    run_pb2.RUN_STATE_CANCELING,
)
CANCELED, SUCCEEDED, FAILED = run_pb2.RUN_STATE_CANCELED, run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED
# It takes its time to start anything, so its orders are not given again; those of other launchers are.
ENGINE = NamedLauncher("elsewhere", EngineLauncher("docker", "docker", {"base_url": "unix:///no/such/docker.sock"}))
SHORT = Leases(duration_seconds=2, renew_seconds=0.3, unclaimed_seconds=1)

JOBS = """
    import os, time
    from pathlib import Path
    from headrace import job, op

    HOME = Path(os.environ["HEADRACE_HOME"])

    @op
    def nap():
        with (HOME / "naps").open("a") as file:
            file.write("z")
        if not (HOME / "hurry").exists():
            time.sleep(60)

    @job
    def napping():
        nap()

    @op
    def stubborn():
        with (HOME / "naps").open("a") as file:
            file.write("z")
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass

    @job
    def hanging():
        stubborn()
"""


async def naps(tmp_path: Path, count: int = 1) -> None:
    """Waits until so many steps have started."""

    async def look() -> bool:
        file = tmp_path / "naps"
        return file.exists() and len(file.read_text()) >= count

    await wait_until_async(look, what=f"{count} steps having started")


async def worker_of(plane: ControlPlane, run_id: str) -> int:
    """The process that holds a run."""
    run = await plane.run_in(run_id, RUNNING, CANCELING)
    return int(run.worker.rpartition(" ")[2])


async def gone(pid: int) -> None:
    async def look() -> bool:
        return not is_alive(pid)

    await wait_until_async(look, what="the worker being killed")


async def test_a_killed_worker_is_noticed_at_once_and_its_run_fails(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path
) -> None:
    plane = await start_control_plane("storage", "coordinator", "launcher")
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    run = await plane.submit(job_name="napping")
    await naps(tmp_path)
    os.kill(await worker_of(plane, run.run_id), signal.SIGKILL)
    # The lease holds for 15 s: the host's word, not its end, is what tells.
    ended = await plane.run_in(run.run_id, FAILED, SUCCEEDED, timeout=12)
    assert (ended.state, ended.failure.type) == (FAILED, "WORKER_LOST")
    assert "SIGKILL" in ended.failure.message


@pytest.mark.parametrize("by", ["configuration", "tag"])
async def test_a_run_goes_on_in_a_new_worker_while_attempts_are_left(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path, by: str
) -> None:
    monitoring = RunMonitoring(max_resume_run_attempts=1 if by == "configuration" else 0)
    plane = await start_control_plane("storage", "coordinator", "launcher", run_monitoring=monitoring)
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    tags = [Tag(key="headrace/max_retries", value="1")] if by == "tag" else []
    run = await plane.submit(job_name="napping", tags=tags)
    await naps(tmp_path)
    (tmp_path / "hurry").touch()
    os.kill(await worker_of(plane, run.run_id), signal.SIGKILL)
    ended = await plane.run_in(run.run_id, FAILED, SUCCEEDED)
    assert (ended.state, ended.attempt) == (SUCCEEDED, 2)
    await naps(tmp_path, 2)


async def test_a_worker_that_falls_silent_is_given_up_when_its_lease_ends_and_killed(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path
) -> None:
    plane = await start_control_plane("storage", "coordinator", "launcher", leases=SHORT)
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    run = await plane.submit(job_name="napping")
    await naps(tmp_path)
    worker = await worker_of(plane, run.run_id)
    os.kill(worker, signal.SIGSTOP)
    ended = await plane.run_in(run.run_id, FAILED, SUCCEEDED)
    assert (ended.state, ended.failure.type) == (FAILED, "WORKER_LOST")
    await gone(worker)


@pytest.mark.parametrize("launchers", [(), (ENGINE,)], ids=["processes", "processes and an engine"])
async def test_an_order_that_leads_to_no_worker_is_given_again_and_then_given_up(
    start_control_plane: StartControlPlane, launchers: tuple[NamedLauncher, ...]
) -> None:
    monitoring = RunMonitoring(start_timeout_seconds=2)
    plane = await start_control_plane(
        "storage", "coordinator", "launcher", leases=SHORT, run_monitoring=monitoring, run_launchers=launchers
    )
    location = ScriptedLocation([Definition(job=JobDefinition(name="sums"))])
    await plane.add_location("scripted", await location.serve())
    run = await plane.submit(job_name="sums")
    ended = await plane.run_in(run.run_id, FAILED)
    assert (ended.failure.type, ended.attempt) == ("START_FAILED", 2)
    assert "no worker claimed start 2 in time" in ended.failure.message
    tokens = {request.launch_token for request in location.started}
    assert len(location.started) == len(tokens) == 2
    await location.close()


async def test_a_cancel_that_its_worker_does_not_confirm_is_confirmed_for_it(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path
) -> None:
    plane = await start_control_plane(
        "storage", "coordinator", "launcher", run_monitoring=RunMonitoring(cancel_timeout_seconds=1)
    )
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    run = await plane.submit(job_name="hanging")
    await naps(tmp_path)
    await plane.coordinator.CancelRun(CancelRunRequest(request_id=plane.ids.uuid7(), run_id=run.run_id))
    ended = await plane.run_in(run.run_id, CANCELED, FAILED, SUCCEEDED)
    assert ended.state == CANCELED


async def test_a_run_that_takes_longer_than_it_may_fails(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path
) -> None:
    monitoring = RunMonitoring(enabled=True, max_runtime_seconds=1)
    plane = await start_control_plane("storage", "coordinator", "launcher", run_monitoring=monitoring)
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    run = await plane.submit(job_name="napping")
    worker = await worker_of(plane, run.run_id)
    ended = await plane.run_in(run.run_id, FAILED, SUCCEEDED)
    assert ended.failure.type == "RUNTIME_EXCEEDED"
    await gone(worker)


async def test_a_run_may_have_a_limit_of_time_of_its_own_and_is_repeated_when_it_exceeds_it(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path
) -> None:
    plane = await start_control_plane("storage", "coordinator", "launcher")
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    tags = [Tag(key="dagster/max_runtime", value="1"), Tag(key="headrace/max_retries", value="1")]
    run = await plane.submit(job_name="napping", tags=tags)
    ended = await plane.run_in(run.run_id, FAILED, SUCCEEDED)
    assert ended.failure.type == "RUNTIME_EXCEEDED"

    async def retries() -> list[Run]:
        request = ListRunsRequest(filter=RunFilter(root_run_id=run.run_id))
        runs = (await plane.runs.ListRuns(request)).runs
        return [each for each in runs if each.parent_run_id == run.run_id and each.HasField("finish_time")]

    (retry,) = await wait_until_async(retries)
    assert retry.failure.type == "RUNTIME_EXCEEDED"


async def test_a_run_that_could_not_be_started_waits_before_it_is_started_again(
    start_control_plane: StartControlPlane,
) -> None:
    queue = RunQueue(max_user_code_failure_retries=3, user_code_failure_retry_delay=30)
    plane = await start_control_plane(
        "storage",
        "coordinator",
        "launcher",
        leases=SHORT,
        run_queue=queue,
        run_monitoring=RunMonitoring(start_timeout_seconds=2),
    )
    location = ScriptedLocation([Definition(job=JobDefinition(name="sums"))])
    await plane.add_location("scripted", await location.serve())
    run = await plane.submit(job_name="sums")

    async def held() -> bool:
        return (await plane.run(run.run_id)).HasField("hold_until_time")

    await wait_until_async(held)
    answer = await plane.coordinator.ExplainRuns(ExplainRunsRequest(run_ids=[run.run_id]))
    (wait,) = answer.explanations[0].waits
    assert wait.kind == RUN_WAIT_KIND_DELAY
    assert wait.HasField("until_time")
    await location.close()
