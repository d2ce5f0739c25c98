"""Slots of pools under kills and freezes: never more steps than slots, by the word of the kernel."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from headrace.api.storage.v1.run_store_service_pb2 import ListRunsRequest, RunFilter
from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace_services.kit.config.model import Leases, Pools, RunQueue
from rig.control_plane import StartControlPlane, start_control_plane
from rig.location import StartLocation, start_location

__all__ = ["start_control_plane", "start_location"]

RUNNING = run_pb2.RUN_STATE_RUNNING
SUCCEEDED, FAILED = run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED

JOBS = """
    import fcntl, os, time
    from pathlib import Path
    from headrace import in_process_executor, job, op

    HOME = Path(os.environ["HEADRACE_HOME"])

    def tell(what):
        with (HOME / "steps").open("a") as file:
            file.write(what)

    # A lock of the kernel for each slot: it ends with its process, however that ends, and never before.
    @op(pool="db")
    def witness():
        for slot in range(2):
            lock = open(HOME / f"slot{slot}", "w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.close()
        else:
            tell("!")
        tell("w")
        time.sleep(0.15)
        lock.close()

    @job(executor_def=in_process_executor)
    def witnessing():
        witness()
"""


@pytest.mark.proves("P10", fault="F1", of="worker")
@pytest.mark.proves("P10", fault="F4", of="worker")
async def test_slots_are_never_more_than_there_are_whoever_dies(
    start_control_plane: StartControlPlane, start_location: StartLocation, tmp_path: Path
) -> None:
    leases = Leases(duration_seconds=2, renew_seconds=0.3, unclaimed_seconds=1)
    settings: dict[str, Any] = {"leases": leases, "pools": Pools(limits={"db": 2}, op_granularity_run_buffer=20)}
    settings["run_queue"] = RunQueue(max_concurrent_runs=12)
    plane = await start_control_plane("storage", "coordinator", "launcher", **settings)
    location = await asyncio.to_thread(start_location, JOBS)
    await plane.add_location("jobs", location.address)
    tags = [Tag(key="headrace/max_retries", value="20")]
    runs = [await plane.submit(job_name="witnessing", tags=tags) for _ in range(30)]
    chance = Random(7)
    for number in range(24):
        await asyncio.sleep(0.1)
        request = ListRunsRequest(filter=RunFilter(states=[RUNNING]))
        workers = [run.worker for run in (await plane.runs.ListRuns(request)).runs if run.worker]
        if workers:
            # Some end, some only fall silent until their leases are over.
            with suppress(ProcessLookupError):
                pid = int(chance.choice(workers).rpartition(" ")[2])
                os.kill(pid, signal.SIGSTOP if number % 4 == 0 else signal.SIGKILL)
    for run in runs:
        ended = await plane.run_in(run.run_id, SUCCEEDED, FAILED, timeout=60)
        assert ended.state == SUCCEEDED, ended.failure
    steps = (tmp_path / "steps").read_text()
    assert "!" not in steps
    assert steps.count("w") >= 30
