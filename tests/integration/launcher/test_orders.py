"""Orders over real storage and real servers: carried out once, given up with a reason, and never in each other's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest

from headrace.api.codeloc.v1.worker_host_service_pb2 import StartWorkerRequest, WorkerExit
from headrace.api.launcher.v1.launcher_service_pb2 import GetLauncherInfoRequest, ListWorkersRequest
from headrace.api.launcher.v1.launcher_service_pb2_grpc import LauncherServiceStub
from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace_services.kit.config.model import Leases, RunMonitoring
from rig.control_plane import ControlPlane, StartControlPlane
from rig.scripted_location import ScriptedLocation
from rig.waiting import PATIENCE, wait_until_async

STARTING, RUNNING, FAILED = run_pb2.RUN_STATE_STARTING, run_pb2.RUN_STATE_RUNNING, run_pb2.RUN_STATE_FAILED
SERVICES = ("storage", "coordinator", "launcher")
ONE_START = {
    "leases": Leases(unclaimed_seconds=30),
    "run_monitoring": RunMonitoring(start_timeout_seconds=30),
}

Serve = Callable[..., Awaitable[ScriptedLocation]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    served: list[ScriptedLocation] = []

    async def start(job: str, **options: Any) -> ScriptedLocation:
        served.append(ScriptedLocation([Definition(job=JobDefinition(name=job))], **options))
        await served[-1].serve()
        return served[-1]

    yield start
    for location in served:
        await location.close()


async def started(location: ScriptedLocation, count: int, timeout: float = PATIENCE) -> list[StartWorkerRequest]:
    async def look() -> bool:
        return len(location.started) >= count

    await wait_until_async(look, timeout, f"{count} workers being asked for")
    return location.started


async def test_an_order_says_all_that_a_worker_needs(start_control_plane: StartControlPlane, serve: Serve) -> None:
    plane = await start_control_plane(*SERVICES)
    location = await serve("sums")
    await plane.add_location("a", location.address)
    run = await plane.submit(job_name="sums")
    (order,) = await started(location, 1)
    assert (order.run_id, order.job_name) == (run.run_id, "sums")
    assert order.coordinator_address == f"127.0.0.1:{plane.app.port}"
    assert order.request_id and order.launch_token


async def test_a_location_that_starts_no_workers_fails_the_run_and_says_what_to_do(
    start_control_plane: StartControlPlane, serve: Serve
) -> None:
    plane = await start_control_plane(*SERVICES, **ONE_START)
    location = await serve("sums", features=())
    await plane.add_location("a", location.address)
    run = await plane.submit(job_name="sums")
    ended = await plane.run_in(run.run_id, FAILED, timeout=20)
    assert ended.failure.type == "START_FAILED"
    assert "code location 'a'" in ended.failure.message
    assert "starts no workers" in ended.failure.message
    assert "headrace codeloc serve" in ended.failure.message


async def test_a_slow_location_holds_up_only_its_own_runs(start_control_plane: StartControlPlane, serve: Serve) -> None:
    stuck = asyncio.Event()

    async def hang(request: StartWorkerRequest) -> None:
        await stuck.wait()

    plane = await start_control_plane(*SERVICES)
    slow, quick = await serve("slow", start=hang), await serve("quick")
    await plane.add_location("slow", slow.address)
    await plane.add_location("quick", quick.address)
    for _ in range(4):
        await plane.submit(job_name="slow")
    await asyncio.gather(*(plane.submit(job_name="quick") for _ in range(5)))
    await started(quick, 5, timeout=8)  # Less than what hangs is waited for.
    stuck.set()


async def test_an_order_is_carried_out_when_its_location_can_again(
    start_control_plane: StartControlPlane, serve: Serve
) -> None:
    refusals = 2

    async def busy(request: StartWorkerRequest) -> None:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise grpc.RpcError("busy")

    plane = await start_control_plane(*SERVICES)
    location = await serve("sums", start=busy)
    await plane.add_location("a", location.address)
    run = await plane.submit(job_name="sums")
    (order,) = await started(location, 1)
    assert (await plane.run(run.run_id)).attempt == 1
    assert order.run_id == run.run_id


async def test_an_order_is_carried_out_where_its_location_is_now(
    start_control_plane: StartControlPlane, serve: Serve
) -> None:
    plane = await start_control_plane("storage", "coordinator")
    first, second = await serve("sums"), await serve("sums")
    await plane.add_location("a", first.address)
    run = await plane.submit(job_name="sums")
    await plane.run_in(run.run_id, STARTING)
    await first.close()
    launcher = await plane.another("launcher")
    launcher.app.addresses.set("a", second.address)
    assert [order.run_id for order in await started(second, 1)] == [run.run_id]


async def test_a_worker_that_ends_before_it_claims_its_run_fails_it_at_once(
    start_control_plane: StartControlPlane, serve: Serve
) -> None:
    plane = await start_control_plane(*SERVICES, **ONE_START)
    location = await serve("sums")
    await plane.add_location("a", location.address)
    run = await plane.submit(job_name="sums")
    (order,) = await started(location, 1)
    location.end_worker(
        WorkerExit(
            worker_id=order.request_id,
            run_id=run.run_id,
            launch_token=order.launch_token,
            exit_code=1,
            detail="ModuleNotFoundError: no module named 'numbers2'",
        )
    )
    ended = await plane.run_in(run.run_id, FAILED, timeout=20)
    assert "exit code 1" in ended.failure.message
    assert "ModuleNotFoundError" in ended.failure.message


async def test_a_worker_that_ends_well_without_finishing_its_run_is_found_out(
    start_control_plane: StartControlPlane, serve: Serve
) -> None:
    plane = await start_control_plane(*SERVICES, **ONE_START)
    location = await serve("sums")
    await plane.add_location("a", location.address)
    run = await plane.submit(job_name="sums")
    (order,) = await started(location, 1)
    location.end_worker(WorkerExit(worker_id=order.request_id, run_id=run.run_id, launch_token=order.launch_token))
    ended = await plane.run_in(run.run_id, FAILED, timeout=20)
    assert "ended without finishing the run" in ended.failure.message


async def test_workers_are_listed_until_they_end(start_control_plane: StartControlPlane, serve: Serve) -> None:
    plane = await start_control_plane(*SERVICES, **ONE_START)
    location = await serve("sums")
    await plane.add_location("a", location.address)
    launcher = plane.stub(LauncherServiceStub, "launcher")
    for count in (1, 2, 3):
        await plane.submit(job_name="sums")
        await started(location, count)
    info = await launcher.GetLauncherInfo(GetLauncherInfoRequest())
    assert (info.launcher_name, info.kind) == ("process", "process")

    async def listed() -> list[str]:
        first = await launcher.ListWorkers(ListWorkersRequest(page_size=2))
        rest = await launcher.ListWorkers(ListWorkersRequest(page_token=first.next_page_token))
        return [worker.run_id for worker in (*first.workers, *(rest.workers if first.next_page_token else ()))]

    async def all_listed() -> bool:
        return await listed() == [order.run_id for order in location.started]

    await wait_until_async(all_listed, what="all workers being listed")
    first = location.started[0]
    location.end_worker(
        WorkerExit(worker_id=first.request_id, run_id=first.run_id, launch_token=first.launch_token, signal=9)
    )

    async def one_less() -> bool:
        return await listed() == [order.run_id for order in location.started[1:3]]

    await wait_until_async(one_less, what="the ended worker being gone from the list")


async def test_orders_left_behind_by_a_launcher_that_died_are_carried_out_by_the_next(
    start_control_plane: StartControlPlane, serve: Serve
) -> None:
    plane: ControlPlane = await start_control_plane("storage", "coordinator")
    location = await serve("sums")
    await plane.add_location("a", location.address)
    runs = [await plane.submit(job_name="sums") for _ in range(3)]
    for run in runs:
        await plane.run_in(run.run_id, STARTING)
    await plane.another("launcher")
    orders = await started(location, 3)
    assert {order.run_id for order in orders} == {run.run_id for run in runs}
