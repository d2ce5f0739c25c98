"""Runs as the client gives them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from headrace.api.types.v1 import run_pb2
from headrace.client.failures import FailureDetail, failure_of
from headrace.client.plain import key_of, member_of, payload_of, tags_of, time_of
from headrace.run_state import RunState

_ASSETS_IN_TITLE = 3


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a job, or of a selection of assets, as it was when it was read.

    Attributes:
        run_id: Its id; sorts by the moment it was made.
        location_name: The code location whose code runs.
        job_name: The job.
        state: Where it stands.
        attempt: How often it was started.
        tags: Its tags, those of the job included.
        run_config: Its configuration, None if it has none.
        asset_selection: The assets it materializes, as `a/b`; empty: all of the job.
        op_selection: The ops it executes, as expressions; empty: all.
        step_keys: The steps it executes; empty: all that the selections leave.
        partition_key: Its partition, empty if it has none.
        parent_run_id: The run it repeats, empty if it repeats none.
        root_run_id: The first run of a chain of repetitions.
        origin: What asked for it: `schedule`, `sensor`, or empty for a person or program.
        origin_name: The schedule's or sensor's name.
        actor: Who asked for it, where the deployment knows its callers.
        priority: Higher goes first in the queue.
        create_time: When it was accepted.
        admit_time: When it left the queue, last.
        start_time: When a worker took it up, last.
        finish_time: When it ended; set exactly when it is over.
        failure: Why it failed.
        last_sequence: Number of its newest event.
        worker: The process that holds it, for people.
    """

    run_id: str
    location_name: str
    job_name: str
    state: RunState
    attempt: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
    run_config: Any = None
    asset_selection: tuple[str, ...] = ()
    op_selection: tuple[str, ...] = ()
    step_keys: tuple[str, ...] = ()
    partition_key: str = ""
    parent_run_id: str = ""
    root_run_id: str = ""
    origin: str = ""
    origin_name: str = ""
    actor: str = ""
    priority: int = 0
    create_time: datetime | None = None
    admit_time: datetime | None = None
    start_time: datetime | None = None
    finish_time: datetime | None = None
    failure: FailureDetail | None = None
    last_sequence: int = 0
    worker: str = ""

    @property
    def title(self) -> str:
        """What people call it: its job, or its first assets where nobody defined a job for them."""
        if not (self.asset_selection and self.job_name.startswith("__")):
            return self.job_name
        more = len(self.asset_selection) - _ASSETS_IN_TITLE
        return ", ".join(self.asset_selection[:_ASSETS_IN_TITLE]) + (f" and {more} more" if more > 0 else "")

    @property
    def finished(self) -> bool:
        """Whether it is over."""
        return self.finish_time is not None

    @property
    def succeeded(self) -> bool:
        """Whether it is over and went well."""
        return self.state is RunState.SUCCEEDED

    @property
    def duration(self) -> timedelta | None:
        """From the start of its worker to its end; None while it is not over."""
        if self.finish_time is None:
            return None
        return self.finish_time - (self.start_time or self.finish_time)


def read_run(run: run_pb2.Run) -> Run:
    """Returns a run of the contract as the client gives it out."""
    source = run.origin.WhichOneof("source")
    return Run(
        run_id=run.run_id,
        location_name=run.location_name,
        job_name=run.job_name,
        state=RunState(member_of(run, "state")),
        attempt=run.attempt,
        tags=tags_of(run.tags),
        run_config=payload_of(run.run_config) if run.HasField("run_config") else None,
        asset_selection=tuple(key_of(key) for key in run.asset_selection),
        op_selection=tuple(run.op_selection),
        step_keys=tuple(run.step_keys),
        partition_key=run.partition_key,
        parent_run_id=run.parent_run_id,
        root_run_id=run.root_run_id,
        origin=source.removesuffix("_name") if source else "",
        origin_name=getattr(run.origin, source) if source else "",
        actor=run.origin.actor,
        priority=run.priority,
        create_time=time_of(run, "create_time"),
        admit_time=time_of(run, "admit_time"),
        start_time=time_of(run, "start_time"),
        finish_time=time_of(run, "finish_time"),
        failure=failure_of(run),
        last_sequence=run.last_sequence,
        worker=run.worker,
    )


def state_number(state: RunState | str) -> run_pb2.RunState.ValueType:
    """Returns a state's number in the contract.

    Raises:
        ValueError: there is no such state; the message lists those there are.
    """
    name = str(state).lower()
    if RunState(name) is RunState.UNKNOWN:
        known = ", ".join(member.value for member in RunState if member is not RunState.UNKNOWN)
        raise ValueError(f"{name!r} is no state of a run; there are {known}")
    return run_pb2.RunState.Value(f"RUN_STATE_{name.upper()}")
