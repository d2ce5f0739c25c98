"""PartitionStoreService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.partition_store_service_pb2 import (
    ChangeDynamicPartitionsRequest,
    ChangeDynamicPartitionsResponse,
    ListDynamicPartitionsRequest,
    ListDynamicPartitionsResponse,
)
from headrace.api.storage.v1.partition_store_service_pb2_grpc import PartitionStoreServiceServicer
from headrace_services.storage.operations.change_dynamic_partitions import change_dynamic_partitions
from headrace_services.storage.operations.list_dynamic_partitions import list_dynamic_partitions
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class PartitionStore(PartitionStoreServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def ListDynamicPartitions(
        self, request: ListDynamicPartitionsRequest, context: Context
    ) -> ListDynamicPartitionsResponse:
        return await list_dynamic_partitions(self._store, request)

    async def ChangeDynamicPartitions(
        self, request: ChangeDynamicPartitionsRequest, context: Context
    ) -> ChangeDynamicPartitionsResponse:
        return await change_dynamic_partitions(self._store, request)
