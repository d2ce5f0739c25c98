"""BackfillStoreService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1 import backfill_store_service_pb2 as pb
from headrace.api.storage.v1.backfill_store_service_pb2_grpc import BackfillStoreServiceServicer
from headrace_services.storage.operations.cancel_backfill import cancel_backfill
from headrace_services.storage.operations.commit_backfill_step import commit_backfill_step
from headrace_services.storage.operations.create_backfill import create_backfill
from headrace_services.storage.operations.get_backfill import get_backfill
from headrace_services.storage.operations.get_backfill_work import get_backfill_work
from headrace_services.storage.operations.list_backfills import list_backfills
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class BackfillStore(BackfillStoreServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def CreateBackfill(self, request: pb.CreateBackfillRequest, context: Context) -> pb.CreateBackfillResponse:
        return await create_backfill(self._store, request)

    async def GetBackfill(self, request: pb.GetBackfillRequest, context: Context) -> pb.GetBackfillResponse:
        return await get_backfill(self._store, request)

    async def ListBackfills(self, request: pb.ListBackfillsRequest, context: Context) -> pb.ListBackfillsResponse:
        return await list_backfills(self._store, request)

    async def GetBackfillWork(self, request: pb.GetBackfillWorkRequest, context: Context) -> pb.GetBackfillWorkResponse:
        return await get_backfill_work(self._store, request)

    async def CommitBackfillStep(
        self, request: pb.CommitBackfillStepRequest, context: Context
    ) -> pb.CommitBackfillStepResponse:
        return await commit_backfill_step(self._store, request)

    async def CancelBackfill(self, request: pb.CancelBackfillRequest, context: Context) -> pb.CancelBackfillResponse:
        return await cancel_backfill(self._store, request)
