"""Events between message and row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import Event
from headrace.errors import InvalidArgumentError
from headrace_services.storage.store.events import NewEvent
from headrace_services.storage.store.feed import StoredEvent
from headrace_services.storage.store.history import AssetFact, Plan
from headrace_services.storage.store.runs import RunRecord

KINDS = {field.name: field.number for field in Event.DESCRIPTOR.oneofs_by_name["detail"].fields}
OF_ASSETS = {"asset_materialized", "asset_observed", "asset_check_evaluated"}


def new_events(run_id: str, events: Iterable[Event]) -> list[NewEvent]:
    """Returns what to store of the events that a worker reports.

    Raises:
        InvalidArgumentError: an event is of another run, or not a worker's to report.
    """
    return [_new_event(run_id, event, index) for index, event in enumerate(events)]


def reports(events: Iterable[Event]) -> list[NewEvent]:
    """Returns what to store of events about assets that belong to no run.

    Raises:
        InvalidArgumentError: an event is about no asset, or of a run.
    """
    return [_report(event, index) for index, event in enumerate(events)]


def _report(event: Event, index: int) -> NewEvent:
    if event.run_id or event.step_key:
        raise _wrong(index, "run_id", "must be empty: events of runs come from their workers")
    detail = event.WhichOneof("detail")
    if detail not in OF_ASSETS:
        raise _wrong(index, "detail", f"must be one of {', '.join(sorted(OF_ASSETS))}")
    event.sequence = 0
    return _asset_event(event, str(detail), index)


def _new_event(run_id: str, event: Event, index: int) -> NewEvent:
    if event.run_id != run_id:
        if event.run_id:
            raise _wrong(index, "run_id", f"is {event.run_id}, the report is of {run_id}")
        event.run_id = run_id
    event.sequence = 0
    detail = event.WhichOneof("detail")
    if detail is None:
        # From a worker that is newer than we are: kept as it came, for readers that know it.
        return NewEvent(0, event.step_key, None, event.SerializeToString())
    if detail in ("run_state_changed", "asset_wiped"):
        raise _wrong(index, detail, "is written with the change itself, and not by workers")
    if detail == "run_planned":
        return NewEvent(KINDS[detail], "", None, event.SerializeToString(), plans=_plans(event))
    if detail not in OF_ASSETS:
        return NewEvent(KINDS[detail], event.step_key, None, event.SerializeToString())
    return _asset_event(event, detail, index)


def _asset_event(event: Event, detail: str, index: int) -> NewEvent:
    about = getattr(event, detail)
    key = asset_key_text(about.asset_key)
    if not key:
        raise _wrong(index, f"{detail}.asset_key", "must have at least one part")
    fact = AssetFact(about.partition_key, about.check_name if detail == "asset_check_evaluated" else "")
    return NewEvent(KINDS[detail], event.step_key, key, event.SerializeToString(), fact)


def _plans(event: Event) -> list[Plan]:
    return [
        Plan(asset_key_text(each.asset_key), each.first_partition_key, each.last_partition_key)
        for each in event.run_planned.assets
        if each.asset_key.path
    ]


def _wrong(index: int, field: str, what: str) -> InvalidArgumentError:
    return InvalidArgumentError(violations={f"events[{index}].{field}": what})


def state_event(record: RunRecord, previous: int, reason: str, failure: bytes | None) -> NewEvent:
    """Returns the event that says that a run is now in the state of its record."""
    event = Event(run_id=record.run_id)
    event.event_time.FromMicroseconds(record.state_time)
    changed = event.run_state_changed
    changed.state = record.state  # type: ignore[assignment]
    changed.previous_state = previous  # type: ignore[assignment]
    changed.reason = reason
    changed.run_attempt = record.attempt
    changed.job_name = record.job_name
    changed.location_name = record.location_name
    if failure is not None:
        changed.failure.ParseFromString(failure)
    return NewEvent(KINDS["run_state_changed"], "", None, event.SerializeToString())


def wiped_event(asset_key: str, partition_keys: Sequence[str], now: int) -> NewEvent:
    """Returns the event that says that the history of an asset, or of some of its partitions, was forgotten."""
    event = Event()
    event.event_time.FromMicroseconds(now)
    event.asset_wiped.asset_key.CopyFrom(asset_key_message(asset_key))
    event.asset_wiped.partition_keys.extend(partition_keys)
    return NewEvent(KINDS["asset_wiped"], "", asset_key, event.SerializeToString())


def event_messages(stored: Sequence[StoredEvent]) -> list[Event]:
    """Returns events as callers see them."""
    return [event_message(each.payload, each.sequence) for each in stored]


def event_message(payload: bytes, sequence: int) -> Event:
    event = Event.FromString(payload)
    event.sequence = sequence
    return event


def asset_key_text(key: AssetKey) -> str:
    """Returns a key as it is stored: its parts have no slash."""
    return "/".join(key.path)


def asset_key_message(text: str) -> AssetKey:
    return AssetKey(path=text.split("/"))
