"""CommitTransition."""

from __future__ import annotations

from headrace.api.storage.v1.run_store_service_pb2 import CommitTransitionRequest, CommitTransitionResponse
from headrace.api.types.v1.run_pb2 import Run, RunState
from headrace.errors import StaleEtagError
from headrace_services.storage.messages.event_messages import state_event
from headrace_services.storage.messages.outbox_messages import new_message
from headrace_services.storage.messages.run_messages import new_run, run_message
from headrace_services.storage.operations.checks import lease_lost, micros, require, run_not_found, wrong
from headrace_services.storage.operations.create_run import queue_runs
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.operations.reports import is_stored, report_locks, reported_events
from headrace_services.storage.store import backfills, events, history, outbox, pool_slots, runs
from headrace_services.storage.store.events import NewEvent
from headrace_services.storage.store.hints import BACKFILL, OVERDUE, QUEUE
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.runs import RunRecord
from headrace_services.storage.store.schema import (
    ACTIVE,
    CANCELED,
    CANCELING,
    FINISHED,
    QUEUED,
    RUNNING,
    STARTING,
    SUCCEEDED,
)
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def commit_transition(store: Store, request: CommitTransitionRequest) -> CommitTransitionResponse:
    """Moves a run from one state to another with all that belongs to it."""
    _check(request)
    original = CommitTransitionRequest()
    original.CopyFrom(request)
    reported = reported_events(request.run_id, request.events)
    following = new_run(request.next_run) if request.HasField("next_run") else None

    def act(tx: Transaction) -> CommitTransitionResponse:
        run = _found(tx, request)
        stored_before = bool(request.batch) and is_stored(run, request.batch)
        moved = _move(store, tx, request, run, [] if stored_before else reported)
        if following is not None and runs.find(tx.connection, following.run_id) is None:
            queue_runs(tx, [following])
        return CommitTransitionResponse(run=run_message(moved))

    locks = report_locks(request.run_id, reported)
    if following is not None:
        locks |= {run_lock(following.run_id)}
    return await store.write(once("commit_transition", original, CommitTransitionResponse, act, locks))


def _check(request: CommitTransitionRequest) -> None:
    require(request, "run_id")
    for field in ("from_state", "to_state"):
        if not QUEUED <= getattr(request, field) <= CANCELED:
            raise wrong(field, "must be a state that a run can have")
    if request.batch < 0:
        raise wrong("batch", "must not be negative")
    if request.HasField("next_run"):
        require(request.next_run, "run_id", "location_name", "job_name")
    for index, message in enumerate(request.messages):
        if not message.launcher_name or message.WhichOneof("body") is None:
            raise wrong(f"messages[{index}]", "must name a launcher and have a body")
        if message.WhichOneof("body") == "launch_order" and request.to_state != STARTING:
            raise wrong(f"messages[{index}].launch_order", "comes with STARTING only: the order needs its token")


def _found(tx: Transaction, request: CommitTransitionRequest) -> RunRecord:
    """Returns the run if it is as its caller believes."""
    run = runs.find(tx.connection, request.run_id)
    if run is None:
        raise run_not_found(request.run_id)
    if request.run_token and request.run_token != run.run_token:
        raise lease_lost(run.run_id, "the run is over, or another worker has taken over")
    if run.state not in (request.from_state, request.or_from_state) or run.epoch != request.epoch:
        raise _stale(run, request)
    if request.require_lease_expired and run.lease_until is not None and run.lease_until > tx.now:
        raise lease_lost(run.run_id, "its worker lives: the lease has not run out")
    return run


def _stale(run: RunRecord, request: CommitTransitionRequest) -> StaleEtagError:
    is_now, believed = RunState.Name(run.state), RunState.Name(request.from_state)  # type: ignore[arg-type]
    return StaleEtagError(
        f"run {run.run_id} is {is_now} in epoch {run.epoch}, not {believed} in epoch {request.epoch}: read it again",
        metadata={"state": is_now, "epoch": str(run.epoch)},
    )


def _move(
    store: Store, tx: Transaction, request: CommitTransitionRequest, before: RunRecord, reported: list[NewEvent]
) -> RunRecord:
    failure = request.failure.SerializeToString() if request.HasField("failure") else None
    values = (
        runs.admitted(tx.now, store.ids.token())
        if request.to_state == STARTING
        else runs.moved(tx.now, request.to_state)
    )
    if failure is not None:
        values["failure"] = failure
    if request.batch and request.to_state == CANCELING:
        values["batch"] = request.batch
    if request.HasField("hold") and request.to_state == QUEUED:
        values |= runs.held_back(tx.now + micros(request.hold))
    run = runs.change(
        tx,
        request.run_id,
        [runs.in_states(before.state), runs.is_in_epoch(before.epoch)],
        {**values, **runs.more_events(len(reported) + 1)},
        refusal=lambda: _stale(before, request),
    )
    new = [*reported, state_event(run, before.state, request.reason, failure)]
    events.append(tx, run.run_id, run.number, run.last_sequence, new)
    if run.state in FINISHED:
        history.end_run(tx, run.number, succeeded=run.state == SUCCEEDED)
    outbox.add(tx, [new_message(store.ids.uuid7(), message, run) for message in request.messages])
    if before.pool_round and run.state not in (RUNNING, CANCELING):
        pool_slots.forget(tx, run.number)
    tx.hints.kinds |= _work(before.state, run.state)
    if run.finish_time is not None:
        _tell_backfill(tx, run)
    return run


def _tell_backfill(tx: Transaction, run: RunRecord) -> None:
    """Lets the backfill that the run is of, if there is one, know of its end."""
    tags = {tag.key: tag.value for tag in Run.FromString(run.spec).tags}
    if backfills.TAG in tags:
        backfills.note_end(tx, tags[backfills.TAG], run.number)
        tx.hints.kinds.add(BACKFILL)


def _work(before: int, after: int) -> set[int]:
    """Returns the kinds of work that a change of state makes."""
    frees_slot = before in ACTIVE and after not in ACTIVE
    kinds = {QUEUE} if frees_slot or QUEUED in (before, after) else set()
    # Nobody holds the run, so nobody will confirm its cancel.
    return kinds | {OVERDUE} if (before, after) == (STARTING, CANCELING) else kinds
