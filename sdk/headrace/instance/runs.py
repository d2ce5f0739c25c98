"""Runs as an instance gives them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from headrace.execute.run_info import RunInfo
from headrace.run_state import RunState

if TYPE_CHECKING:
    from headrace.execute.spec import RunSpec


@dataclass(frozen=True, slots=True)
class RecordedRun(RunInfo):
    """A run with the state that it was in when it was read.

    Attributes:
        state: Where it stood.
        step_keys_to_execute: The steps it was narrowed down to; None: all.
        location_name: The code location; empty for a run of this process.
    """

    state: RunState = RunState.QUEUED
    step_keys_to_execute: Sequence[str] | None = None
    location_name: str = ""

    @classmethod
    def begun(cls, spec: RunSpec) -> RecordedRun:
        """The run that a request asks for, as it begins."""
        info = RunInfo.of(spec)
        given = {name: getattr(info, name) for name in RunInfo.__dataclass_fields__}
        return cls(**given, state=RunState.RUNNING, step_keys_to_execute=spec.step_keys)

    @classmethod
    def ended(cls, spec: RunSpec, state: str) -> RecordedRun:
        """The run that a request asked for, as it ended."""
        return cls.begun(spec).with_state(RunState(state))

    @property
    def status(self) -> RunState:
        """The state, under the name that older code reads."""
        return self.state

    @property
    def is_finished(self) -> bool:
        """Whether it is over."""
        return self.state.finished

    @property
    def is_success(self) -> bool:
        """Whether it is over and went well."""
        return self.state is RunState.SUCCEEDED

    @property
    def is_failure(self) -> bool:
        """Whether it failed."""
        return self.state is RunState.FAILED

    @property
    def is_failure_or_canceled(self) -> bool:
        """Whether it is over and did not go well."""
        return self.state in (RunState.FAILED, RunState.CANCELED)

    @property
    def is_cancelable(self) -> bool:
        """Whether it can still be canceled."""
        return not self.state.finished

    def with_state(self, state: RunState) -> RecordedRun:
        """The same run in another state."""
        return replace(self, state=state)

    def with_tags(self, tags: Mapping[str, str]) -> RecordedRun:
        """The same run with these tags instead of its own."""
        return replace(self, tags=dict(tags))


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run and when it changed.

    Attributes:
        storage_id: Grows with every run that is made.
        dagster_run: The run.
        create_timestamp: When it was made.
        update_timestamp: When it changed last.
        start_time: When its worker began, in seconds since 1970.
        end_time: When it ended, in seconds since 1970.
    """

    storage_id: int
    dagster_run: RecordedRun
    create_timestamp: datetime
    update_timestamp: datetime
    start_time: float | None = None
    end_time: float | None = None

    @property
    def run(self) -> RecordedRun:
        """The run."""
        return self.dagster_run


@dataclass(frozen=True, slots=True)
class RunStats:
    """How many steps of a run ended how, and when it was queued, started and ended."""

    run_id: str
    steps_succeeded: int
    steps_failed: int
    materializations: int
    expectations: int
    enqueued_time: float | None
    launch_time: float | None
    start_time: float | None
    end_time: float | None
