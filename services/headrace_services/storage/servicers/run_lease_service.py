"""RunLeaseService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.run_lease_service_pb2 import (
    CheckRunLeaseRequest,
    CheckRunLeaseResponse,
    ClaimRunRequest,
    ClaimRunResponse,
    ExpireRunLeaseRequest,
    ExpireRunLeaseResponse,
    ListOverdueRunsRequest,
    ListOverdueRunsResponse,
    RenewRunLeaseRequest,
    RenewRunLeaseResponse,
)
from headrace.api.storage.v1.run_lease_service_pb2_grpc import RunLeaseServiceServicer
from headrace_services.storage.operations.check_run_lease import check_run_lease
from headrace_services.storage.operations.claim_run import claim_run
from headrace_services.storage.operations.expire_run_lease import expire_run_lease
from headrace_services.storage.operations.list_overdue_runs import list_overdue_runs
from headrace_services.storage.operations.renew_run_lease import renew_run_lease
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class RunLease(RunLeaseServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def ClaimRun(self, request: ClaimRunRequest, context: Context) -> ClaimRunResponse:
        return await claim_run(self._store, request)

    async def RenewRunLease(self, request: RenewRunLeaseRequest, context: Context) -> RenewRunLeaseResponse:
        return await renew_run_lease(self._store, request)

    async def CheckRunLease(self, request: CheckRunLeaseRequest, context: Context) -> CheckRunLeaseResponse:
        return await check_run_lease(self._store, request)

    async def ExpireRunLease(self, request: ExpireRunLeaseRequest, context: Context) -> ExpireRunLeaseResponse:
        return await expire_run_lease(self._store, request)

    async def ListOverdueRuns(self, request: ListOverdueRunsRequest, context: Context) -> ListOverdueRunsResponse:
        return await list_overdue_runs(self._store, request)
