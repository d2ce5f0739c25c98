"""Runs between message and row: what never changes is kept as bytes, the rest in columns."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.run_pb2 import Run, RunState
from headrace_services.storage.store.runs import NewRun, RunRecord

_GIVEN_BY_STORAGE = (
    "state",
    "attempt",
    "epoch",
    "definitions_digest",
    "create_time",
    "admit_time",
    "start_time",
    "finish_time",
    "failure",
    "last_sequence",
    "worker",
    "hold_until_time",
)

_LARGE = ("run_config", "asset_selection", "op_selection", "step_keys", "failure", "launch_spec")


def new_run(run: Run) -> NewRun:
    """Returns what to store of a run that somebody wants to be made."""
    spec = Run()
    spec.CopyFrom(run)
    for field in _GIVEN_BY_STORAGE:
        spec.ClearField(field)  # type: ignore[arg-type]
    spec.root_run_id = spec.root_run_id or spec.run_id
    return NewRun(
        run_id=spec.run_id,
        location_name=spec.location_name,
        job_name=spec.job_name,
        root_run_id=spec.root_run_id,
        priority=spec.priority,
        tags=[(tag.key, tag.value) for tag in spec.tags],
        spec=spec.SerializeToString(deterministic=True),
        queue_group=spec.queue_group,
        max_runtime=spec.max_runtime.ToMicroseconds() if spec.HasField("max_runtime") else None,
    )


def run_message(record: RunRecord) -> Run:
    """Returns a run as callers see it."""
    run = Run.FromString(record.spec)
    run.state = RunState.ValueType(record.state)
    run.attempt = record.attempt
    run.epoch = record.epoch
    run.definitions_digest = record.definitions_digest
    run.last_sequence = record.last_sequence
    run.worker = record.worker
    if record.failure is not None:
        run.failure.CopyFrom(Failure.FromString(record.failure))
    set_time(run.create_time, record.create_time)
    set_time(run.admit_time, record.admit_time)
    set_time(run.start_time, record.start_time)
    set_time(run.finish_time, record.finish_time)
    set_time(run.hold_until_time, record.hold_until)
    return run


def queue_message(record: RunRecord) -> Run:
    """Returns what admission needs of a run: many of them travel in one message, and configuration can be large."""
    run = run_message(record)
    for field in _LARGE:
        run.ClearField(field)  # type: ignore[arg-type]
    return run


def run_weight(record: RunRecord) -> int:
    """Returns about how many bytes a run's message has."""
    return len(record.spec) + len(record.failure or b"")


def set_time(field: Timestamp, micros: int | None) -> None:
    """Sets a message's time, or leaves it unset."""
    if micros is not None:
        field.seconds, rest = divmod(micros, 1_000_000)
        field.nanos = rest * 1000
        if not micros:
            field.SetInParent()
