"""The calls about dynamic partitions."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.gateway.v1 import partition_service_pb2 as service
from headrace.api.types.v1.instigator_pb2 import DynamicPartitionsChange
from headrace.client.call import Call, Listing
from headrace.client.run_calls import new_request_id

_PARTITIONS = "/headrace.api.gateway.v1.PartitionService/"


def list_dynamic_partitions(name: str, *, among: Iterable[str] = ()) -> Listing[str]:
    """Reads keys of a dynamic set, in the order in which they were added."""
    request = service.ListDynamicPartitionsRequest(name=name, partition_keys=list(among))
    return Listing(
        f"{_PARTITIONS}ListDynamicPartitions",
        request,
        service.ListDynamicPartitionsResponse,
        lambda page: list(page.partition_keys),
    )


def change_dynamic_partitions(name: str, *, added: Iterable[str] = (), deleted: Iterable[str] = ()) -> Call[None]:
    """Adds keys to a dynamic set and takes keys away."""
    change = DynamicPartitionsChange(partitions_name=name, added_keys=list(added), deleted_keys=list(deleted))
    request = service.ChangeDynamicPartitionsRequest(request_id=new_request_id(), changes=[change])
    return Call(
        f"{_PARTITIONS}ChangeDynamicPartitions", request, service.ChangeDynamicPartitionsResponse, lambda _: None
    )
