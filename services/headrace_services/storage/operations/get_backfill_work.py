"""GetBackfillWork."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.backfill_store_service_pb2 import (
    BackfillWork,
    GetBackfillWorkRequest,
    GetBackfillWorkResponse,
)
from headrace.api.types.v1.backfill_pb2 import MadePartition
from headrace.api.types.v1.event_pb2 import Event
from headrace_services.storage.messages.backfill_messages import backfill_message
from headrace_services.storage.messages.run_messages import queue_message, run_message
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import backfills
from headrace_services.storage.store.backfills import BackfillRecord
from headrace_services.storage.store.schema import BACKFILL_CANCELING, SUCCEEDED
from headrace_services.storage.store.store import Store

_MOST_ENDS, _MOST_UNFINISHED = 1000, 100


async def get_backfill_work(store: Store, request: GetBackfillWorkRequest) -> GetBackfillWorkResponse:
    """Reads for which backfills something is to be done, and what has happened to them."""
    most = page_size(request.max_backfills, 10, 100)

    def read(connection: Connection) -> list[BackfillWork]:
        return [_work(connection, record) for record in backfills.due(connection, store.database.now(connection), most)]

    return GetBackfillWorkResponse(work=await store.read(read))


def _work(connection: Connection, record: BackfillRecord) -> BackfillWork:
    work = BackfillWork(backfill=backfill_message(record), progress=record.progress)
    ends = backfills.ends(connection, record.number, _MOST_ENDS)
    for end in ends:
        run = queue_message(end.run)
        run.asset_selection.extend(run_message(end.run).asset_selection)
        work.ended_runs.append(run)
        work.ended_marks.append(end.mark)
    lost = {end.run.number: end.run.run_id for end in ends if end.run.state != SUCCEEDED}
    for number, payload in backfills.materialized(connection, list(lost)) if lost else ():
        work.made_partitions.append(_made(lost[number], payload))
    if record.state == BACKFILL_CANCELING:
        work.active_run_ids.extend(backfills.unfinished(connection, record.backfill_id, _MOST_UNFINISHED))
    return work


def _made(run_id: str, payload: bytes) -> MadePartition:
    materialized = Event.FromString(payload).asset_materialized
    return MadePartition(run_id=run_id, asset_key=materialized.asset_key, partition_key=materialized.partition_key)
