"""ListReplicas."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.replica_service_pb2 import ListReplicasRequest, ListReplicasResponse
from headrace.api.types.v1.replica_pb2 import REPLICA_STATE_LOST, Replica
from headrace_services.storage import cursors
from headrace_services.storage.messages.run_messages import set_time
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import replicas
from headrace_services.storage.store.replicas import ReplicaRecord
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.times import DAY, SECOND

_FILTER = cursors.filter_hash("replicas")
# Three reports of which none came.
_LOST_AFTER = 35 * SECOND


async def list_replicas(store: Store, request: ListReplicasRequest) -> ListReplicasResponse:
    """Reads the processes that were heard of within a day, the newest first."""
    before = cursors.decode(request.page_token, _FILTER, str)[0] if request.page_token else ""
    size = page_size(request.page_size, 100, 1000)

    def read(connection: Connection) -> tuple[int, list[ReplicaRecord]]:
        now = store.database.now(connection)
        return now, replicas.newest(connection, now - DAY, before, size + 1)

    now, found = await store.read(read)
    shown = found[:size]
    return ListReplicasResponse(
        replicas=[_message(record, now) for record in shown],
        next_page_token=cursors.encode(_FILTER, shown[-1].replica_id) if len(found) > size else "",
    )


def _message(record: ReplicaRecord, now: int) -> Replica:
    replica = Replica.FromString(record.payload)
    set_time(replica.report_time, record.report_time)
    if record.report_time < now - _LOST_AFTER:
        replica.state = REPLICA_STATE_LOST
    return replica
