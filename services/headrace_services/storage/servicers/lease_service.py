"""LeaseService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.lease_service_pb2 import (
    AcquireLeaseRequest,
    AcquireLeaseResponse,
    ReleaseLeaseRequest,
    ReleaseLeaseResponse,
    RenewLeaseRequest,
    RenewLeaseResponse,
)
from headrace.api.storage.v1.lease_service_pb2_grpc import LeaseServiceServicer
from headrace_services.storage.operations.acquire_lease import acquire_lease
from headrace_services.storage.operations.release_lease import release_lease
from headrace_services.storage.operations.renew_lease import renew_lease
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class Leases(LeaseServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def AcquireLease(self, request: AcquireLeaseRequest, context: Context) -> AcquireLeaseResponse:
        return await acquire_lease(self._store, request)

    async def RenewLease(self, request: RenewLeaseRequest, context: Context) -> RenewLeaseResponse:
        return await renew_lease(self._store, request)

    async def ReleaseLease(self, request: ReleaseLeaseRequest, context: Context) -> ReleaseLeaseResponse:
        return await release_lease(self._store, request)
