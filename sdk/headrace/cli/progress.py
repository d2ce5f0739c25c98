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
class AttemptProgress:
    """One attempt at a step.

    Attributes:
        start_time: When it began.
        end_time: When it ended.
        state: How: `succeeded`, `failed` or `canceled`; `running` while it goes on.
    """

    start_time: datetime
    end_time: datetime | None = None
    state: str = "running"


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
        attempts: When each of its attempts was under way.
    """

    key: str
    state: str = "waiting"
    attempt: int = 0
    start_time: datetime | None = None
    end_time: datetime | None = None
    message: str = ""
    attempts: list[AttemptProgress] = field(default_factory=list)

    def close(self, state: str, time: datetime) -> None:
        """Ends the attempt that is under way, if one is."""
        if self.attempts and self.attempts[-1].end_time is None:
            self.attempts[-1].end_time, self.attempts[-1].state = time, state


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
            self.first_time = self.first_time or event.time
        if self.state in ENDED:
            self._end(event.time)
        elif self.state in ("queued", "starting"):
            self._begin_again(event.time)

    def _end(self, time: datetime) -> None:
        self.end_time = time
        for step in self._unfinished():
            step.close("canceled", time)
            step.state = "canceled" if step.start_time else "skipped"
            step.end_time = time

    def _begin_again(self, time: datetime) -> None:
        # The worker was lost, and nobody executes these any more.
        for step in self._unfinished():
            step.close("canceled", time)
            step.state = "waiting"

    def _unfinished(self) -> list[StepProgress]:
        return [step for step in self.steps.values() if step.state not in ENDED]

    def _step(self, key: str) -> StepProgress:
        base, mapped, _ = key.partition("[")
        planned = self.steps.get(base) if mapped else None
        if planned is not None and planned.start_time is None:
            # Of `handle[a]`, `handle[b]` and so on the plan has `handle` alone, which is never executed.
            del self.steps[base]
        return self.steps.setdefault(key, StepProgress(key))

    def _step_changed(self, step: StepProgress, event: ProgressEvent) -> None:
        if event.kind == "step_started":
            step.state, step.attempt = "running", event.attempt
            step.start_time = step.start_time or event.time
            step.attempts.append(AttemptProgress(event.time))
        elif event.kind == "step_retry_scheduled":
            step.close("failed", event.time)
            step.state, step.message = "retrying", event.message
        elif event.kind in ("step_succeeded", "step_failed", "step_skipped"):
            step.state, step.end_time = event.kind.removeprefix("step_"), event.time
            step.close(step.state, event.time)
            step.message = "" if event.kind == "step_succeeded" else event.message
