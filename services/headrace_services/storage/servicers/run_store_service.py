"""RunStoreService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.run_store_service_pb2 import (
    AddRunTagsRequest,
    AddRunTagsResponse,
    CommitTransitionRequest,
    CommitTransitionResponse,
    CreateRunRequest,
    CreateRunResponse,
    DeleteRunRequest,
    DeleteRunResponse,
    GetRunRequest,
    GetRunResponse,
    ListRunsRequest,
    ListRunsResponse,
)
from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceServicer
from headrace_services.storage.operations.add_run_tags import add_run_tags
from headrace_services.storage.operations.commit_transition import commit_transition
from headrace_services.storage.operations.create_run import create_run
from headrace_services.storage.operations.delete_run import delete_run
from headrace_services.storage.operations.get_run import get_run
from headrace_services.storage.operations.list_runs import list_runs
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class RunStore(RunStoreServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def CreateRun(self, request: CreateRunRequest, context: Context) -> CreateRunResponse:
        return await create_run(self._store, request)

    async def GetRun(self, request: GetRunRequest, context: Context) -> GetRunResponse:
        return await get_run(self._store, request)

    async def ListRuns(self, request: ListRunsRequest, context: Context) -> ListRunsResponse:
        return await list_runs(self._store, request)

    async def CommitTransition(self, request: CommitTransitionRequest, context: Context) -> CommitTransitionResponse:
        return await commit_transition(self._store, request)

    async def DeleteRun(self, request: DeleteRunRequest, context: Context) -> DeleteRunResponse:
        return await delete_run(self._store, request)

    async def AddRunTags(self, request: AddRunTagsRequest, context: Context) -> AddRunTagsResponse:
        return await add_run_tags(self._store, request)
