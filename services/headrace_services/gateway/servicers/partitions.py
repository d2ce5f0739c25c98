"""PartitionService: reads the keys of partitions, and changes those of dynamic ones."""

from __future__ import annotations

from typing import Any

from headrace.api.gateway.v1 import partition_service_pb2 as pb
from headrace.api.gateway.v1.partition_service_pb2_grpc import PartitionServiceServicer
from headrace.api.storage.v1 import partition_store_service_pb2 as store_pb2
from headrace.ids import Ids
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.list_partition_keys import list_partition_keys
from headrace_services.gateway.stubs import Backends


class PartitionServicer(PartitionServiceServicer):
    """Computes keys from definitions; the dynamic ones are in storage."""

    def __init__(self, backends: Backends, catalog: Catalog, ids: Ids) -> None:
        self._backends = backends
        self._catalog = catalog
        self._ids = ids

    async def ListPartitionKeys(
        self, request: pb.ListPartitionKeysRequest, context: Any
    ) -> pb.ListPartitionKeysResponse:
        return await list_partition_keys(request, self._catalog, self._backends)

    async def ListDynamicPartitions(
        self, request: pb.ListDynamicPartitionsRequest, context: Any
    ) -> pb.ListDynamicPartitionsResponse:
        answer = await self._backends.partitions.ListDynamicPartitions(
            store_pb2.ListDynamicPartitionsRequest(
                name=request.name,
                partition_keys=request.partition_keys,
                page_size=request.page_size,
                page_token=request.page_token,
            )
        )
        return pb.ListDynamicPartitionsResponse(
            partition_keys=answer.partition_keys, next_page_token=answer.next_page_token
        )

    async def ChangeDynamicPartitions(
        self, request: pb.ChangeDynamicPartitionsRequest, context: Any
    ) -> pb.ChangeDynamicPartitionsResponse:
        await self._backends.partitions.ChangeDynamicPartitions(
            store_pb2.ChangeDynamicPartitionsRequest(
                request_id=request.request_id or self._ids.uuid7(), changes=request.changes
            )
        )
        return pb.ChangeDynamicPartitionsResponse()
