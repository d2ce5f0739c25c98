"""How far a run is, told by its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

ENDED = frozenset({"succeeded", "failed", "skipped", "canceled"})


class ProgressEvent(Protocol):
    """What is needed of an event; the client's have it."""

    @property
    def kind(self) -> str:
        """What happened."""
        ...

    @property
    def step_key(self) -> str:
        """The step."""
        ...

    @property
    def attempt(self) -> int:
        """Its attempt."""
        ...

    @property
    def time(self) -> datetime:
        """When."""
        ...

    @property
    def message(self) -> str:
        """In one line."""
        ...

    @property
    def detail(self) -> Mapping[str, Any]:
        """The rest."""
        ...


@dataclass(slots=True)
class StepProgress:
    """One step.

    Attributes:
        key: Its key.
        state: `waiting`, `running`, `retrying`, `succeeded`, `failed`, `skipped` or `canceled`.
        attempt: Its newest attempt.
        start_time: When its first attempt began.
        end_time: When it ended.
        message: What it told last, if it did not go well.
    """

    key: str
    state: str = "waiting"
    attempt: int = 0
    start_time: datetime | None = None
    end_time: datetime | None = None
    message: str = ""


@dataclass(slots=True)
class RunProgress:
    """A run and its steps, in the order of its plan.

    Attributes:
        state: The run's state.
        reason: Why it is in it.
        steps: Its steps by key.
        create_time: When its first event happened.
        first_time: When its worker took it up.
        end_time: When it ended.
    """

    state: str = "queued"
    reason: str = ""
    steps: dict[str, StepProgress] = field(default_factory=dict)
    create_time: datetime | None = None
    first_time: datetime | None = None
    end_time: datetime | None = None

    def apply(self, event: ProgressEvent) -> None:
        """Takes note of an event."""
        self.create_time = self.create_time or event.time
        if event.kind == "run_state_changed":
            self._run_changed(event)
        elif event.kind == "run_planned":
            for planned in event.detail["steps"]:
                self._step(planned["step_key"])
        elif event.step_key:
            self._step_changed(self._step(event.step_key), event)

    def count(self, *states: str) -> int:
        """Returns how many steps are in any of some states."""
        return sum(step.state in states for step in self.steps.values())

    def _run_changed(self, event: ProgressEvent) -> None:
        self.state = event.detail["state"]
        failure = event.detail.get("failure")
        self.reason = failure["message"] if failure else event.detail["reason"]
        if self.state == "running":
            self.first_time = event.time
        if self.state not in ENDED:
            return
        self.end_time = event.time
        for step in self.steps.values():
            if step.state not in ENDED:
                step.state = "canceled" if step.start_time else "skipped"
                step.end_time = event.time

    def _step(self, key: str) -> StepProgress:
        return self.steps.setdefault(key, StepProgress(key))

    def _step_changed(self, step: StepProgress, event: ProgressEvent) -> None:
        if event.kind == "step_started":
            step.state, step.attempt = "running", event.attempt
            step.start_time = step.start_time or event.time
        elif event.kind == "step_retry_scheduled":
            step.state, step.message = "retrying", event.message
        elif event.kind in ("step_succeeded", "step_failed", "step_skipped"):
            step.state, step.end_time = event.kind.removeprefix("step_"), event.time
            step.message = "" if event.kind == "step_succeeded" else event.message
