"""ChangeDynamicPartitions."""

from __future__ import annotations

from headrace.api.storage.v1.partition_store_service_pb2 import (
    ChangeDynamicPartitionsRequest,
    ChangeDynamicPartitionsResponse,
)
from headrace_services.storage.operations.partition_changes import change_locks, change_partitions, check_changes
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def change_dynamic_partitions(
    store: Store, request: ChangeDynamicPartitionsRequest
) -> ChangeDynamicPartitionsResponse:
    """Adds keys to dynamic sets and takes keys away, all or nothing."""
    check_changes("changes", request.changes)

    def act(tx: Transaction) -> ChangeDynamicPartitionsResponse:
        change_partitions(tx, request.changes)
        return ChangeDynamicPartitionsResponse()

    return await store.write(
        once(
            "change_dynamic_partitions",
            request,
            ChangeDynamicPartitionsResponse,
            act,
            change_locks(request.changes),
        )
    )
