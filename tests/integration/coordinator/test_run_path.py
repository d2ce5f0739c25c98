"""From submit to the end of a run, through real services, a real location and real workers."""

from __future__ import annotations

import asyncio

from headrace.api.types.v1 import run_pb2
from headrace_services.kit.config.model import RunQueue
from rig.control_plane import StartControlPlane
from rig.location import StartLocation

SUCCEEDED, FAILED = run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED
STARTING, RUNNING, QUEUED = run_pb2.RUN_STATE_STARTING, run_pb2.RUN_STATE_RUNNING, run_pb2.RUN_STATE_QUEUED

JOBS = """
    import time
    from headrace import job, op

    @op
    def one():
        return 1

    @op
    def two(value):
        return value + 1

    @job(tags={"team": "numbers"})
    def sums():
        two(one())

    @op
    def fail():
        raise ValueError("no such luck")

    @job
    def failing():
        fail()

    @op
    def nap():
        time.sleep(0.3)

    @job
    def napping():
        nap()
"""


async def test_a_submitted_run_is_executed(
    start_control_plane: StartControlPlane, start_location: StartLocation
) -> None:
    plane = await start_control_plane("storage", "coordinator", "launcher")
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("numbers", location.address)

    run = await plane.submit(job_name="sums")
    ended = await plane.run_in(run.run_id, SUCCEEDED, FAILED)

    assert ended.state == SUCCEEDED, ended.failure
    assert (ended.location_name, ended.attempt) == ("numbers", 1)
    assert {tag.key: tag.value for tag in ended.tags} == {"team": "numbers"}
    assert await plane.states(run.run_id) == [QUEUED, STARTING, RUNNING, SUCCEEDED]
    assert ended.definitions_digest == (await plane.location("numbers")).definitions_digest


async def test_a_failing_step_fails_its_run(
    start_control_plane: StartControlPlane, start_location: StartLocation
) -> None:
    plane = await start_control_plane("storage", "coordinator", "launcher")
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("numbers", location.address)

    run = await plane.submit(job_name="failing")
    ended = await plane.run_in(run.run_id, SUCCEEDED, FAILED)

    assert ended.state == FAILED
    assert "no such luck" in str(ended.failure)


async def test_no_more_runs_are_in_progress_than_the_limit_allows(
    start_control_plane: StartControlPlane, start_location: StartLocation
) -> None:
    plane = await start_control_plane("storage", "coordinator", "launcher", run_queue=RunQueue(max_concurrent_runs=2))
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("numbers", location.address)

    runs = await asyncio.gather(*(plane.submit(job_name="napping") for _ in range(6)))
    ended = [await plane.run_in(run.run_id, SUCCEEDED, FAILED) for run in runs]

    assert {run.state for run in ended} == {SUCCEEDED}
    moments = sorted(
        [(run.admit_time.ToNanoseconds(), 1) for run in ended]
        + [(run.finish_time.ToNanoseconds(), -1) for run in ended]
    )
    in_progress = most = 0
    for _, change in moments:
        in_progress += change
        most = max(most, in_progress)
    assert most == 2
