"""RunService: makes, follows and ends runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from headrace.api.coordinator.v1 import coordinator_service_pb2 as coordinator_pb2
from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceServicer
from headrace.api.storage.v1 import event_log_service_pb2 as event_log_pb2
from headrace.api.storage.v1 import run_store_service_pb2 as run_store_pb2
from headrace.api.types.v1 import run_pb2
from headrace.errors import InvalidArgumentError
from headrace.ids import Ids
from headrace.rpc.scope import current_caller
from headrace_services.gateway.operations.read_step_log import StepLogs
from headrace_services.gateway.operations.relay import relay
from headrace_services.gateway.stubs import Backends


class RunServicer(RunServiceServicer):
    """Passes runs to the coordinator, reads them from storage."""

    def __init__(self, backends: Backends, logs: StepLogs, ids: Ids) -> None:
        self._backends = backends
        self._logs = logs
        self._ids = ids

    async def CreateRun(self, request: pb.CreateRunRequest, context: Any) -> pb.CreateRunResponse:
        answer = await self._backends.coordinator.SubmitRun(
            coordinator_pb2.SubmitRunRequest(request_id=request.request_id or self._ids.uuid7(), run=_run(request))
        )
        return pb.CreateRunResponse(run=answer.run, created=answer.created)

    async def CheckRun(self, request: pb.CheckRunRequest, context: Any) -> pb.CheckRunResponse:
        answer = await self._backends.coordinator.CheckRun(coordinator_pb2.CheckRunRequest(run=_run(request.run)))
        return pb.CheckRunResponse(steps=answer.steps, config_problems=answer.config_problems)

    async def GetRun(self, request: pb.GetRunRequest, context: Any) -> pb.GetRunResponse:
        answer = await self._backends.runs.GetRun(run_store_pb2.GetRunRequest(run_id=request.run_id))
        return pb.GetRunResponse(run=answer.run)

    async def ListRuns(self, request: pb.ListRunsRequest, context: Any) -> pb.ListRunsResponse:
        answer = await self._backends.runs.ListRuns(
            run_store_pb2.ListRunsRequest(
                filter=run_store_pb2.RunFilter(
                    states=request.states,
                    job_name=request.job_name,
                    location_name=request.location_name,
                    tags=request.tags,
                    create_time_from=request.create_time_from if request.HasField("create_time_from") else None,
                    create_time_before=request.create_time_before if request.HasField("create_time_before") else None,
                ),
                page_size=request.page_size,
                page_token=request.page_token,
            )
        )
        return pb.ListRunsResponse(runs=answer.runs, next_page_token=answer.next_page_token)

    async def CancelRun(self, request: pb.CancelRunRequest, context: Any) -> pb.CancelRunResponse:
        answer = await self._backends.coordinator.CancelRun(
            coordinator_pb2.CancelRunRequest(request_id=request.request_id or self._ids.uuid7(), run_id=request.run_id)
        )
        return pb.CancelRunResponse(run=answer.run)

    async def RetryRun(self, request: pb.RetryRunRequest, context: Any) -> pb.RetryRunResponse:
        answer = await self._backends.coordinator.RetryRun(
            coordinator_pb2.RetryRunRequest(
                request_id=request.request_id or self._ids.uuid7(),
                run_id=request.run_id,
                strategy=_strategy(request),
                step_keys=request.step_keys,
                actor=current_caller().name,
            )
        )
        return pb.RetryRunResponse(run=answer.run, created=answer.created)

    async def ExplainRuns(self, request: pb.ExplainRunsRequest, context: Any) -> pb.ExplainRunsResponse:
        answer = await self._backends.coordinator.ExplainRuns(
            coordinator_pb2.ExplainRunsRequest(run_ids=request.run_ids)
        )
        return pb.ExplainRunsResponse(explanations=answer.explanations)

    async def DeleteRun(self, request: pb.DeleteRunRequest, context: Any) -> pb.DeleteRunResponse:
        await self._backends.runs.DeleteRun(
            run_store_pb2.DeleteRunRequest(request_id=request.request_id or self._ids.uuid7(), run_id=request.run_id)
        )
        return pb.DeleteRunResponse()

    async def AddRunTags(self, request: pb.AddRunTagsRequest, context: Any) -> pb.AddRunTagsResponse:
        answer = await self._backends.runs.AddRunTags(
            run_store_pb2.AddRunTagsRequest(
                request_id=request.request_id or self._ids.uuid7(), run_id=request.run_id, tags=request.tags
            )
        )
        return pb.AddRunTagsResponse(run=answer.run)

    async def WatchRun(self, request: pb.WatchRunRequest, context: Any) -> None:  # type: ignore[override]
        # Storage ends the watch of one run after the event that finishes it.
        events = self._backends.events.WatchEvents(
            event_log_pb2.WatchEventsRequest(
                filter=event_log_pb2.EventFilter(run_id=request.run_id), cursor=request.cursor
            )
        )
        await relay(
            events,
            lambda some: pb.WatchRunResponse(events=some.events, cursor=some.cursor, caught_up=some.caught_up),
            context,
        )

    async def ReadStepLog(self, request: pb.ReadStepLogRequest, context: Any) -> AsyncIterator[pb.ReadStepLogResponse]:
        async for piece in self._logs.read(request):
            yield piece


def _run(request: pb.CreateRunRequest) -> run_pb2.Run:
    return run_pb2.Run(
        location_name=request.location_name,
        job_name=request.job_name,
        run_config=request.run_config if request.HasField("run_config") else None,
        tags=request.tags,
        asset_selection=request.asset_selection,
        op_selection=request.op_selection,
        partition_key=request.partition_key,
        step_keys=request.step_keys,
        origin=run_pb2.RunOrigin(actor=current_caller().name),
    )


def _strategy(request: pb.RetryRunRequest) -> coordinator_pb2.RetryStrategy.ValueType:
    if request.all_steps and request.from_asset_failure:
        raise InvalidArgumentError(violations={"from_asset_failure": "repeat all steps or from what failed, not both"})
    if request.from_asset_failure:
        return coordinator_pb2.RETRY_STRATEGY_FROM_ASSET_FAILURE
    if request.all_steps:
        return coordinator_pb2.RETRY_STRATEGY_ALL_STEPS
    return coordinator_pb2.RETRY_STRATEGY_FROM_FAILURE
