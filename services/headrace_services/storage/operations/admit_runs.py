"""AdmitRuns."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder
from headrace.api.storage.v1.run_queue_service_pb2 import Admission, AdmitRunsRequest, AdmitRunsResponse
from headrace_services.storage.messages.event_messages import state_event
from headrace_services.storage.messages.outbox_messages import launch_message
from headrace_services.storage.messages.run_messages import queue_message
from headrace_services.storage.operations.checks import wrong
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import events, outbox, queue, runs
from headrace_services.storage.store.locks import QUEUE_LOCK, run_lock
from headrace_services.storage.store.runs import RunRecord, admitted
from headrace_services.storage.store.schema import QUEUED
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

_MOST_ADMISSIONS = 100


async def admit_runs(store: Store, request: AdmitRunsRequest) -> AdmitRunsResponse:
    """Moves runs from QUEUED to STARTING, each with an order to launch it."""
    _check(request.admissions)
    locks = frozenset({QUEUE_LOCK, *(run_lock(admission.run_id) for admission in request.admissions)})

    def act(tx: Transaction) -> AdmitRunsResponse:
        queue.advance(tx, request.version)
        records = (_admit(store, tx, each.run_id, each.launch_order) for each in request.admissions)
        return AdmitRunsResponse(runs=[queue_message(record) for record in records if record is not None])

    return await store.write(once("admit_runs", request, AdmitRunsResponse, act, locks))


def _check(admissions: Sequence[Admission]) -> None:
    if len(admissions) > _MOST_ADMISSIONS:
        raise wrong("admissions", f"has {len(admissions)} runs, at most {_MOST_ADMISSIONS} are admitted at once")
    for index, admission in enumerate(admissions):
        if not admission.run_id:
            raise wrong(f"admissions[{index}].run_id", "must not be empty")
        if not admission.launch_order.launcher_name:
            raise wrong(f"admissions[{index}].launch_order.launcher_name", "must not be empty")


class _NotQueuedError(Exception):
    pass


def _admit(store: Store, tx: Transaction, run_id: str, order: LaunchOrder) -> RunRecord | None:
    values = admitted(tx.now, store.ids.token()) | {"definitions_digest": order.definitions_digest}
    try:
        record = runs.change(
            tx, run_id, [runs.in_states(QUEUED)], {**values, **runs.more_events(1)}, refusal=_NotQueuedError
        )
    except _NotQueuedError:
        return None
    events.append(tx, run_id, record.number, record.last_sequence, [state_event(record, QUEUED, "", None)])
    outbox.add(tx, [launch_message(store.ids.uuid7(), order, record)])
    return record
