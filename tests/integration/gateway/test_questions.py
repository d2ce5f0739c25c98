"""What people who look on ask the front door: jobs, keys of partitions, checks of runs, the deployment."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from headrace.api.gateway.v1 import asset_service_pb2 as assets_pb
from headrace.api.gateway.v1 import deployment_service_pb2 as deployment_pb
from headrace.api.gateway.v1 import job_service_pb2 as jobs_pb
from headrace.api.gateway.v1 import partition_service_pb2 as partitions_pb
from headrace.api.gateway.v1 import run_service_pb2 as runs_pb
from headrace.api.gateway.v1.asset_service_pb2_grpc import AssetServiceStub
from headrace.api.gateway.v1.deployment_service_pb2_grpc import DeploymentServiceStub
from headrace.api.gateway.v1.job_service_pb2_grpc import JobServiceStub
from headrace.api.gateway.v1.partition_service_pb2_grpc import PartitionServiceStub
from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceStub
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import AssetMaterialized, Event
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.types.v1.replica_pb2 import REPLICA_STATE_HEALTHY
from headrace.api.types.v1.run_pb2 import RUN_STATE_FAILED
from headrace.errors import HeadraceError
from headrace.rpc.status import from_rpc_error
from headrace_services.kit.config.model import RunQueue
from rig.control_plane import ControlPlane, StartControlPlane
from rig.location import StartLocation
from rig.waiting import wait_until_async

DEFINITIONS = """
    from headrace import (
        Config, DailyPartitionsDefinition, Definitions, ResourceParam, asset, define_asset_job, graph, job, op,
        resource,
    )

    class Rows(Config):
        rows: int

    @op(required_resource_keys={"store"}, pool="db")
    def load(config: Rows): return 1

    @op
    def add(number): return number

    @graph
    def inner(number): return add(number)

    @job
    def outer(): inner(load())

    @job(config={"ops": {"load": {"config": {"rows": 5}}}})
    def ready(): load()

    days = DailyPartitionsDefinition("2024-01-01", end_date="2024-02-01")

    @asset(partitions_def=days)
    def daily(): raise RuntimeError("no")

    @resource
    def store(): return 1

    defs = Definitions(
        assets=[daily], jobs=[outer, ready, define_asset_job("all_days", [daily])], resources={"store": store}
    )
"""


@pytest.fixture
async def plane(start_control_plane: StartControlPlane, start_location: StartLocation) -> ControlPlane:
    plane = await start_control_plane(
        "storage", "coordinator", "launcher", "gateway", run_queue=RunQueue(max_concurrent_runs=3)
    )
    location = await asyncio.to_thread(start_location, DEFINITIONS)
    await plane.add_location("here", location.address)
    return plane


async def refused(call: Any) -> HeadraceError:
    with pytest.raises(grpc.RpcError) as caught:
        await call
    return from_rpc_error(caught.value)


async def test_a_job_is_shown_with_its_graph_schema_and_resources(plane: ControlPlane) -> None:
    jobs = plane.stub(JobServiceStub, "gateway")
    answer = await jobs.GetJob(jobs_pb.GetJobRequest(job_name="outer"))
    load, inner = sorted(answer.job.definition.nodes, key=lambda node: not node.pool)
    assert (load.name, list(load.required_resource_keys), load.pool) == ("load", ["io_manager", "store"], "db")
    assert (inner.nodes[0].name, inner.outputs[0].source.node) == ("add", "add")
    assert answer.job.definition.config_schema.shape.fields
    assert [resource.key for resource in answer.resources if not resource.key.startswith("io_")] == ["store"]
    ready = await jobs.GetJob(jobs_pb.GetJobRequest(job_name="ready", location_name="here"))
    assert '"rows":5' in ready.job.definition.default_run_config.text.replace(" ", "")


async def test_jobs_are_listed_page_by_page_without_what_grows_with_them(plane: ControlPlane) -> None:
    jobs = plane.stub(JobServiceStub, "gateway")
    request, names = jobs_pb.ListJobsRequest(page_size=2), list[str]()
    while True:
        page = await jobs.ListJobs(request)
        names += [each.definition.name for each in page.jobs if not each.definition.implicit_asset_job]
        assert not any(each.definition.nodes or each.definition.HasField("config_schema") for each in page.jobs)
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert names == ["all_days", "outer", "ready"]
    error = await refused(jobs.GetJob(jobs_pb.GetJobRequest(job_name="outr")))
    assert (error.reason, "did you mean 'outer'" in str(error)) == ("TARGET_NOT_FOUND", True)
    error = await refused(jobs.GetJob(jobs_pb.GetJobRequest(job_name="outer", location_name="hree")))
    assert error.reason == "LOCATION_NOT_FOUND"


async def test_a_check_tells_the_steps_or_what_is_wrong_and_makes_nothing(plane: ControlPlane) -> None:
    runs = plane.stub(RunServiceStub, "gateway")

    async def check(text: str) -> runs_pb.CheckRunResponse:
        config = Payload(media_type="application/json", text=text)
        run = runs_pb.CreateRunRequest(job_name="outer", run_config=config)
        return await runs.CheckRun(runs_pb.CheckRunRequest(run=run))  # type: ignore[no-any-return]

    good = await check('{"ops": {"load": {"config": {"rows": 1}}}}')
    assert [step.step_key for step in good.steps] == ["load", "inner.add"]
    bad = await check('{"ops": {"load": {"config": {"rows": "many"}}}}')
    assert [list(problem.path) for problem in bad.config_problems] == [["ops", "load", "config", "rows"]]
    assert not bad.steps
    assert not (await runs.ListRuns(runs_pb.ListRunsRequest())).runs


async def test_keys_of_partitions_come_page_by_page_both_ways_and_by_what_they_contain(plane: ControlPlane) -> None:
    partitions = plane.stub(PartitionServiceStub, "gateway")

    async def keys(**fields: Any) -> list[str]:
        request, found = partitions_pb.ListPartitionKeysRequest(page_size=10, **fields), list[str]()
        while True:
            page = await partitions.ListPartitionKeys(request)
            assert page.partition_count in (0, 31)
            found += page.partition_keys
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    every = [f"2024-01-{day:02}" for day in range(1, 32)]
    daily = AssetKey(path=["daily"])
    assert await keys(asset_key=daily) == every
    assert await keys(job_name="all_days", descending=True) == every[::-1]
    assert await keys(asset_key=daily, contains="-2") == every[19:29]
    assert await keys(job_name="outer") == []
    request = partitions_pb.ListPartitionKeysRequest(asset_key=daily, page_size=5)
    token = (await partitions.ListPartitionKeys(request)).next_page_token
    other = partitions_pb.ListPartitionKeysRequest(asset_key=daily, contains="2024", page_token=token)
    assert (await refused(partitions.ListPartitionKeys(other))).reason == "CURSOR_MISMATCH"
    nothing = partitions_pb.ListPartitionKeysRequest()
    assert (await refused(partitions.ListPartitionKeys(nothing))).code == "INVALID_ARGUMENT"


async def test_what_failed_runs_left_of_assets_is_listed(plane: ControlPlane) -> None:
    run = await plane.submit(job_name="all_days", partition_key="2024-01-05")
    await plane.run_in(run.run_id, RUN_STATE_FAILED)
    assets = plane.stub(AssetServiceStub, "gateway")
    (attempt,) = (await assets.ListAssetAttempts(assets_pb.ListAssetAttemptsRequest())).attempts
    assert (list(attempt.asset_key.path), attempt.run_id, attempt.failed) == (["daily"], run.run_id, True)
    assert (attempt.partitions.first_key, attempt.partitions.last_key) == ("2024-01-05", "2024-01-05")


async def test_a_failed_range_is_listed_until_all_of_it_was_made(plane: ControlPlane) -> None:
    ends = {"headrace/asset_partition_range_start": "2024-01-05", "headrace/asset_partition_range_end": "2024-01-07"}
    run = await plane.submit(job_name="all_days", tags=[Tag(key=key, value=value) for key, value in ends.items()])
    await plane.run_in(run.run_id, RUN_STATE_FAILED)
    assets = plane.stub(AssetServiceStub, "gateway")

    async def failed() -> list[str]:
        answer = await assets.ListAssetAttempts(assets_pb.ListAssetAttemptsRequest())
        return [attempt.partitions.last_key for attempt in answer.attempts]

    async def make(*days: str) -> None:
        made = [AssetMaterialized(asset_key=AssetKey(path=["daily"]), partition_key=day) for day in days]
        events = [Event(asset_materialized=each) for each in made]
        await assets.ReportAssetEvents(assets_pb.ReportAssetEventsRequest(events=events))

    await make("2024-01-05", "2024-01-06")
    assert await failed() == ["2024-01-07"]
    await make("2024-01-07")
    assert await failed() == []


async def test_processes_say_how_they_are(plane: ControlPlane) -> None:
    deployment = plane.stub(DeploymentServiceStub, "gateway")

    async def replicas() -> Any:
        return (await deployment.ListReplicas(deployment_pb.ListReplicasRequest())).replicas

    (replica,) = await wait_until_async(replicas, what="a report")
    assert list(replica.services) == ["storage", "coordinator", "launcher", "gateway"]
    assert (replica.state, replica.process_id > 0) == (REPLICA_STATE_HEALTHY, True)
    assert replica.version
    assert {"queue", "monitor"} <= {loop.name for loop in replica.loops}


async def test_the_queue_is_shown_with_its_limits(plane: ControlPlane) -> None:
    deployment = plane.stub(DeploymentServiceStub, "gateway")
    queue = await deployment.GetQueue(deployment_pb.GetQueueRequest())
    assert (queue.queued_count, queue.limits.max_concurrent_runs) == (0, 3)
    assert not queue.limits.HasField("default_pool_limit")
    assert (await deployment.GetInstance(deployment_pb.GetInstanceRequest())).version


async def test_hints_of_changes_come_without_being_asked_for_again(plane: ControlPlane) -> None:
    deployment = plane.stub(DeploymentServiceStub, "gateway")
    watch = deployment.WatchChanges(deployment_pb.WatchChangesRequest(kinds=[deployment_pb.CHANGE_KIND_QUEUE]))
    first = await watch.read()
    assert list(first.kinds) == [deployment_pb.CHANGE_KIND_QUEUE]
    await plane.submit(job_name="all_days", partition_key="2024-01-05")
    hint = await asyncio.wait_for(watch.read(), 30)
    assert list(hint.kinds) == [deployment_pb.CHANGE_KIND_QUEUE]
    assert hint.cursor != first.cursor
    watch.cancel()
