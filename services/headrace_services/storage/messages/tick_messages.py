"""Ticks, schedules and sensors between message and row."""

from __future__ import annotations

from uuid import UUID, uuid5

from headrace.api.types.v1.instigator_pb2 import Instigator, InstigatorKind, InstigatorRef, InstigatorState, Tick
from headrace_services.storage.messages.run_messages import set_time
from headrace_services.storage.store.instigators import InstigatorRecord, Ref

_TICKS = UUID("6d1f3f0e-6a0c-5d3c-8c5e-1f4d6b9f2a77")


def ref_of(message: InstigatorRef) -> Ref:
    return Ref(message.location_name, message.kind, message.name)


def instigator_message(record: InstigatorRecord) -> Instigator:
    """Returns a schedule or sensor as callers see it."""
    ref = InstigatorRef(
        location_name=record.location_name, kind=InstigatorKind.ValueType(record.kind), name=record.name
    )
    instigator = Instigator(
        ref=ref,
        state=InstigatorState.ValueType(record.state),
        cursor=record.cursor,
        last_run_key=record.last_run_key,
        etag=etag_of(record),
        failure_count=record.failure_count,
    )
    set_time(instigator.last_tick_time, record.last_tick_time)
    set_time(instigator.active_since_time, record.active_since_time)
    return instigator


def etag_of(record: InstigatorRecord | None) -> str:
    """Returns what changes with every write; empty for what was never written."""
    return "" if record is None else str(record.version)


def tick_id_of(ref: Ref, due_time: int) -> str:
    """Returns the identity of a tick: the same wherever and whenever it is evaluated."""
    return str(uuid5(_TICKS, "\0".join((ref.location_name, str(ref.kind), ref.name, str(due_time)))))


def tick_message(payload: bytes) -> Tick:
    return Tick.FromString(payload)
