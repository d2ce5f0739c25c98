"""Why a run waits, and what a long queue costs those behind its head."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import ExplainRunsRequest
from headrace.api.storage.v1.pool_service_pb2 import SetPoolLimitRequest
from headrace.api.storage.v1.pool_service_pb2_grpc import PoolServiceStub
from headrace.api.types.v1 import run_pb2, run_wait_pb2
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_wait_pb2 import RunExplanation
from headrace_services.kit.config.model import Pools, RunQueue, TagLimit
from rig.control_plane import ControlPlane, StartControlPlane
from rig.scripted_location import ScriptedLocation
from rig.waiting import wait_until_async

QUEUED, STARTING = run_pb2.RUN_STATE_QUEUED, run_pb2.RUN_STATE_STARTING

PerValue = TagLimit(key="team", limit=1, per_value=True)


@pytest.fixture
async def location() -> AsyncIterator[ScriptedLocation]:
    """Has jobs, and starts workers that never claim their runs."""
    scripted = ScriptedLocation(
        [
            Definition(job=JobDefinition(name="sums")),
            Definition(job=JobDefinition(name="loads", pools=["db"], start_pools=["db"])),
        ]
    )
    await scripted.serve()
    yield scripted
    await scripted.close()


async def explain(plane: ControlPlane, *run_ids: str) -> list[RunExplanation]:
    answer = await plane.coordinator.ExplainRuns(ExplainRunsRequest(run_ids=run_ids))
    return list(answer.explanations)


async def submit(plane: ControlPlane, **tags: str) -> Any:
    return await plane.submit(job_name="sums", tags=[Tag(key=key, value=value) for key, value in tags.items()])


async def test_a_run_tells_which_limit_it_waits_for_and_how_many_go_before_it(
    start_control_plane: StartControlPlane, location: ScriptedLocation
) -> None:
    limits = RunQueue(max_concurrent_runs=2, tag_concurrency_limits=(PerValue,))
    plane = await start_control_plane("storage", "coordinator", run_queue=limits)
    await plane.add_location("scripted", location.address)
    first = await submit(plane, team="a")
    await plane.run_in(first.run_id, STARTING)
    same_team = await submit(plane, team="a")
    (found,) = await explain(plane, same_team.run_id)
    (wait,) = found.waits
    assert (wait.kind, wait.name, wait.value, wait.limit, wait.used) == (
        run_wait_pb2.RUN_WAIT_KIND_TAG_LIMIT,
        "team",
        "a",
        1,
        1,
    )
    assert found.runs_ahead == 0
    await plane.run_in((await submit(plane, team="b")).run_id, STARTING)
    last = await submit(plane, team="c")
    (found,) = await explain(plane, last.run_id)
    assert [(wait.kind, wait.limit) for wait in found.waits] == [(run_wait_pb2.RUN_WAIT_KIND_RUN_LIMIT, 2)]
    assert found.runs_ahead == 1
    starting, gone = (await explain(plane, first.run_id, "nobody", last.run_id))[0], plane.ids.uuid7()
    assert [wait.kind for wait in starting.waits] == [run_wait_pb2.RUN_WAIT_KIND_WORKER]
    assert await explain(plane, gone) == []


async def test_a_run_whose_pool_is_full_waits_in_the_queue_and_goes_when_the_pool_grows(
    start_control_plane: StartControlPlane, location: ScriptedLocation
) -> None:
    plane = await start_control_plane("storage", "coordinator", pools=Pools(limits={"db": 1}))
    await plane.add_location("scripted", location.address)
    first, second = [await plane.submit(job_name="loads") for _ in range(2)]
    assert (list(first.pools), list(first.start_pools)) == (["db"], ["db"])
    await plane.run_in(first.run_id, STARTING)
    (found,) = await explain(plane, second.run_id)
    assert [(wait.kind, wait.name, wait.limit) for wait in found.waits] == [(run_wait_pb2.RUN_WAIT_KIND_POOL, "db", 1)]
    request = SetPoolLimitRequest(request_id=plane.ids.uuid7(), name="db", limit=2)
    await plane.stub(PoolServiceStub, "storage").SetPoolLimit(request)
    await plane.run_in(second.run_id, STARTING)


async def test_runs_that_wait_do_not_hide_those_behind_them(
    start_control_plane: StartControlPlane, location: ScriptedLocation
) -> None:
    limits = RunQueue(max_concurrent_runs=-1, tag_concurrency_limits=(TagLimit(key="slow", limit=0),))
    plane = await start_control_plane("storage", "coordinator", run_queue=limits)
    await plane.add_location("scripted", location.address)
    for _ in range(24):
        blocked = await asyncio.gather(*(submit(plane, slow="yes") for _ in range(50)))
    behind = [await submit(plane) for _ in range(3)]
    for run in behind:
        await plane.run_in(run.run_id, STARTING)
    assert (await plane.run(blocked[-1].run_id)).state == QUEUED


async def test_a_run_whose_location_is_away_says_so_and_starts_when_it_is_back(
    start_control_plane: StartControlPlane, location: ScriptedLocation
) -> None:
    plane = await start_control_plane("storage", "coordinator", run_queue=RunQueue(max_concurrent_runs=0))
    await plane.add_location("scripted", location.address)
    run = await submit(plane)
    await plane.app.stop()
    plane = await start_control_plane("storage", "coordinator")
    plane.app.addresses.set("scripted", "127.0.0.1:1")

    async def says_so() -> bool:
        (found,) = await explain(plane, run.run_id)
        return [wait.name for wait in found.waits if wait.kind == run_wait_pb2.RUN_WAIT_KIND_LOCATION] == ["scripted"]

    await wait_until_async(says_so, 10)
    plane.app.addresses.set("scripted", location.address)
    await plane.run_in(run.run_id, STARTING)
