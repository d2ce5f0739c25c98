"""What a worker says under its lease: batches of events, each stored once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headrace.api.types.v1.event_pb2 import Event
from headrace.errors import HeadraceError, MessageTooLargeError
from headrace_services.storage.messages.event_messages import new_events
from headrace_services.storage.operations.checks import lease_lost, run_not_found, wrong
from headrace_services.storage.store.events import NewEvent
from headrace_services.storage.store.locks import asset_lock, run_lock
from headrace_services.storage.store.run_leases import Holder
from headrace_services.storage.store.runs import RunRecord
from headrace_services.storage.store.schema import CANCELING, RUNNING

_MOST_EVENTS = 500


def reported_events(run_id: str, events: Sequence[Event]) -> list[NewEvent]:
    """Returns what to store of a batch.

    Raises:
        MessageTooLargeError: it has too many events.
        InvalidArgumentError: an event is of another run, or not a worker's to report.
    """
    if len(events) > _MOST_EVENTS:
        raise MessageTooLargeError(f"the batch has {len(events)} events, at most {_MOST_EVENTS} are stored at once")
    return new_events(run_id, events)


def report_locks(run_id: str, events: Iterable[NewEvent]) -> frozenset[int]:
    """Returns the locks that storing a batch needs."""
    return frozenset({run_lock(run_id), *asset_locks(events)})


def asset_locks(events: Iterable[NewEvent]) -> frozenset[int]:
    """Returns the locks on the assets that events tell of."""
    return frozenset(asset_lock(event.asset_key) for event in events if event.asset_key is not None)


def size_of(events: Iterable[NewEvent]) -> int:
    return sum(len(event.payload) for event in events)


def lost(run: RunRecord | None, holder: Holder) -> HeadraceError:
    """Returns why a holder does not hold a run any more."""
    if run is None:
        return run_not_found(holder.run_id)
    if run.state not in (RUNNING, CANCELING):
        return lease_lost(holder.run_id, "the run is over, or back in the queue")
    if (run.epoch, run.run_token) != (holder.epoch, holder.run_token):
        return lease_lost(holder.run_id, "another worker has taken over")
    return lease_lost(holder.run_id, "it was not renewed in time")


def is_stored(run: RunRecord, batch: int) -> bool:
    """Tells whether a batch was stored before.

    Raises:
        InvalidArgumentError: it is not the one that comes next either.
    """
    if batch > run.batch + 1:
        raise wrong("batch", f"is {batch}, the next of this claim is {run.batch + 1}: repeat what is missing first")
    return batch <= run.batch
