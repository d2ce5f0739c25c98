"""What submit accepts, refuses, and says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc
import pytest

from headrace.api.codeloc.v1.code_location_service_pb2 import (
    ConfigError,
    GetServerInfoResponse,
    PlanRunRequest,
    PlanRunResponse,
)
from headrace.api.coordinator.v1.coordinator_service_pb2 import PrepareRunsRequest
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_UNREACHABLE
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.types.v1.run_pb2 import RUN_STATE_QUEUED, RUN_STATE_STARTING, Run
from headrace.errors import HeadraceError, InvalidArgumentError
from headrace.rpc.status import from_rpc_error
from headrace_services.kit.config.model import RunQueue
from rig.control_plane import ControlPlane, StartControlPlane
from rig.scripted_location import ScriptedLocation
from rig.waiting import wait_until_async

CONFIG = Payload(media_type="application/json", text='{"ops": {"load": {"config": {"rows": "many"}}}}')


@pytest.fixture
async def location() -> AsyncIterator[ScriptedLocation]:
    location = ScriptedLocation([Definition(job=JobDefinition(name="sums"))])
    await location.serve()
    yield location
    await location.close()


@pytest.fixture
async def plane(start_control_plane: StartControlPlane, location: ScriptedLocation) -> ControlPlane:
    plane = await start_control_plane("storage", "coordinator")
    await plane.add_location("numbers", location.address)
    return plane


class Hesitant(ScriptedLocation):
    """Says nothing of itself before it is told to."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        super().__init__(definitions)
        self.go = asyncio.Event()

    async def GetServerInfo(self, request: Any, context: Any) -> GetServerInfoResponse:
        await self.go.wait()
        return await super().GetServerInfo(request, context)


async def refused(plane: ControlPlane, **fields: Any) -> HeadraceError:
    with pytest.raises(grpc.RpcError) as caught:
        await plane.submit(**fields)
    return from_rpc_error(caught.value)


@pytest.mark.proves("P11", fault="F7", of="gateway")
async def test_a_repeated_request_makes_one_run(plane: ControlPlane) -> None:
    request_id = plane.ids.uuid7()
    first, second = await asyncio.gather(*(plane.submit(request_id=request_id, job_name="sums") for _ in range(2)))
    assert first.run_id == second.run_id == request_id


@pytest.mark.parametrize("named", [True, False])
async def test_a_coordinator_that_has_just_started_knows_its_locations_before_it_refuses_a_run(
    start_control_plane: StartControlPlane, named: bool
) -> None:
    plane = await start_control_plane("storage", "coordinator")
    location = Hesitant([Definition(job=JobDefinition(name="sums"))])
    plane.app.addresses.set("numbers", await location.serve())
    submitted = asyncio.ensure_future(plane.submit(job_name="sums", location_name="numbers" if named else ""))
    done, _ = await asyncio.wait({submitted}, timeout=0.5)
    assert not done
    location.go.set()
    assert (await submitted).location_name == "numbers"
    await location.close()


async def test_another_run_under_the_same_request_id_is_refused(plane: ControlPlane) -> None:
    request_id = plane.ids.uuid7()
    await plane.submit(request_id=request_id, job_name="sums")
    error = await refused(plane, request_id=request_id, job_name="sums", partition_key="2024")
    assert error.reason in {"REQUEST_ID_REUSED", "RUN_ID_TAKEN"}


async def test_an_unknown_job_is_refused_with_a_suggestion(plane: ControlPlane) -> None:
    error = await refused(plane, job_name="summs")
    assert (error.code, error.reason) == ("NOT_FOUND", "TARGET_NOT_FOUND")
    assert "did you mean 'sums'" in str(error)


async def test_a_full_queue_refuses_runs_and_says_so(
    start_control_plane: StartControlPlane, location: ScriptedLocation
) -> None:
    plane = await start_control_plane(
        "storage", "coordinator", run_queue=RunQueue(max_concurrent_runs=0, max_queued_runs=2)
    )
    await plane.add_location("numbers", location.address)
    for _ in range(2):
        await plane.submit(job_name="sums")
    error = await refused(plane, job_name="sums")
    assert (error.code, error.reason) == ("RESOURCE_EXHAUSTED", "QUEUE_FULL")
    assert "2 runs are queued already" in str(error)

    async def counted() -> bool:
        return "headrace_queued_runs 2.0" in plane.app.metrics.exposition().decode()

    await wait_until_async(counted, what="the queue being counted")


async def test_wrong_configuration_is_refused_with_the_path_to_each_field(
    plane: ControlPlane, location: ScriptedLocation
) -> None:
    asked: list[PlanRunRequest] = []

    async def plan(request: PlanRunRequest) -> PlanRunResponse:
        asked.append(request)
        error = ConfigError(path=["ops", "load", "config", "rows"], message="'many' is no whole number")
        return PlanRunResponse(config_errors=[error])

    location.plan = plan
    error = await refused(plane, job_name="sums", run_config=CONFIG)
    assert isinstance(error, InvalidArgumentError)
    assert error.violations == {"run_config.ops.load.config.rows": "'many' is no whole number"}
    assert [(each.job_name, each.run_config) for each in asked] == [("sums", CONFIG)]


async def test_a_run_of_a_whole_job_asks_its_location_nothing(plane: ControlPlane, location: ScriptedLocation) -> None:
    async def plan(request: PlanRunRequest) -> PlanRunResponse:
        raise AssertionError("asked without need")

    location.plan = plan
    assert (await plane.submit(job_name="sums")).state in (RUN_STATE_QUEUED, RUN_STATE_STARTING)


async def test_a_location_that_went_away_cannot_check_configuration(
    plane: ControlPlane, location: ScriptedLocation
) -> None:
    await location.close()
    await plane.location_in("numbers", LOCATION_STATE_UNREACHABLE)
    error = await refused(plane, job_name="sums", run_config=CONFIG)
    assert (error.code, error.reason) == ("UNAVAILABLE", "LOCATION_UNREACHABLE")
    assert "'numbers' cannot check the run" in str(error)


async def test_prepared_runs_come_back_complete_or_with_what_is_wrong(plane: ControlPlane) -> None:
    request = PrepareRunsRequest(runs=[Run(job_name="sums", run_id="r1"), Run(job_name="summs")])
    good, bad = (await plane.coordinator.PrepareRuns(request)).runs
    assert (good.run.run_id, good.run.location_name, good.problem) == ("r1", "numbers", "")
    assert not bad.HasField("run")
    assert "did you mean 'sums'" in bad.problem


async def test_a_run_waits_while_its_location_is_away_and_starts_when_it_is_back(
    plane: ControlPlane, location: ScriptedLocation
) -> None:
    await location.close()
    await plane.location_in("numbers", LOCATION_STATE_UNREACHABLE)
    run = await plane.submit(job_name="sums")
    assert (await plane.run(run.run_id)).state == RUN_STATE_QUEUED
    await location.serve(location.address)
    await plane.run_in(run.run_id, RUN_STATE_STARTING)
