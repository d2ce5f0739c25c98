"""How far a run is, told by its events."""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone
from typing import Any

from rich.console import Console

from headrace.cli.progress import RunProgress, StepProgress
from headrace.cli.progress_view import ProgressView, shown_steps
from headrace.client import RunEvent

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def at(seconds: float, kind: str, step_key: str = "", attempt: int = 0, message: str = "", **detail: Any) -> RunEvent:
    return RunEvent("run", 0, START + timedelta(seconds=seconds), kind, step_key, attempt, message, detail)


def state(seconds: float, name: str, **detail: Any) -> RunEvent:
    return at(seconds, "run_state_changed", state=name, reason="", **detail)


def told(*events: RunEvent) -> RunProgress:
    progress = RunProgress()
    for event in events:
        progress.apply(event)
    return progress


PLAN = at(1, "run_planned", steps=[{"step_key": "a"}, {"step_key": "b"}, {"step_key": "c"}])


def test_steps_wait_run_and_end_in_the_order_of_the_plan() -> None:
    progress = told(
        state(0, "queued"),
        state(1, "running"),
        PLAN,
        at(2, "step_started", "b", 1),
        at(3, "step_started", "a", 1),
        at(4, "step_succeeded", "b", 1),
    )
    assert [(step.key, step.state) for step in progress.steps.values()] == [
        ("a", "running"),
        ("b", "succeeded"),
        ("c", "waiting"),
    ]
    assert progress.count("succeeded") == 1


def test_a_retried_step_keeps_its_first_start() -> None:
    progress = told(
        at(1, "step_started", "a", 1),
        at(2, "step_retry_scheduled", "a", 1, "failed, will be tried again in 1.0 s"),
        at(3, "step_started", "a", 2),
        at(4, "step_succeeded", "a", 2),
    )
    step = progress.steps["a"]
    assert (step.state, step.attempt, step.message) == ("succeeded", 2, "")
    assert step.start_time == START + timedelta(seconds=1)


def test_a_step_that_is_begun_again_has_an_attempt_more() -> None:
    progress = told(state(1, "running"), PLAN, at(2, "step_started", "a", 1), state(9, "queued"))
    assert progress.steps["a"].state == "waiting"
    progress.apply(at(12, "step_started", "a", 2))
    assert [attempt.state for attempt in progress.steps["a"].attempts] == ["canceled", "running"]


def test_mapped_steps_take_the_place_of_the_one_that_the_plan_has() -> None:
    progress = told(PLAN, at(2, "step_started", "b[x]", 1), at(2, "step_started", "b[y]", 1))
    assert sorted(progress.steps) == ["a", "b[x]", "b[y]", "c"]


def test_what_never_ended_is_over_with_the_run() -> None:
    failure = {"message": "lost its worker"}
    progress = told(state(1, "running"), PLAN, at(2, "step_started", "a", 1), state(5, "failed", failure=failure))
    assert {step.key: step.state for step in progress.steps.values()} == {
        "a": "canceled",
        "b": "skipped",
        "c": "skipped",
    }
    assert progress.reason == "lost its worker"


def test_of_many_steps_those_that_matter_are_shown() -> None:
    steps = [StepProgress(str(number), "succeeded", end_time=START + timedelta(seconds=number)) for number in range(50)]
    steps[3].state = "failed"
    steps[40].state = "running"
    shown, hidden = shown_steps(steps, 5)
    assert [step.key for step in shown] == ["3", "40", "47", "48", "49"]
    assert hidden == 45


def test_the_picture_has_every_step_with_its_state_and_its_time() -> None:
    progress = told(
        state(0, "queued"),
        state(1, "running"),
        PLAN,
        at(1, "step_started", "a", 1),
        at(3, "step_succeeded", "a", 1),
        at(3, "step_started", "b", 1),
        at(4, "step_failed", "b", 1, "failed after 1.0 s: ValueError: no"),
        at(4, "step_skipped", "c", 0, "skipped: Upstream failed: b."),
        state(5, "failed", failure={"message": "1 step failed"}),
    )
    output = io.StringIO()
    Console(file=output, width=110, color_system=None).print(ProgressView("job", progress))
    lines = output.getvalue().splitlines()
    assert "job  failed  5.0 s  3/3 steps  1 step failed" in lines[0]
    assert lines[1].split()[0] == "0"
    assert lines[2].split()[:4] == ["✓", "a", "2.0", "s"]
    assert "ValueError: no" in lines[3]
    bars = [line.count("━") for line in lines[2:5]]
    assert bars[0] > bars[1] > bars[2] == 0
