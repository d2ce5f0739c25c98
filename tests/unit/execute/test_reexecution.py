"""A run that continues another one takes over what that one has stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from headrace.definitions.jobs.decorator import job
from headrace.definitions.jobs.executor import in_process_executor
from headrace.definitions.ops.decorator import op
from headrace.execute.events.event import Event, InputLoaded, StepStarted
from headrace.execute.runs.run import RunOutcome, execute_run
from headrace.execute.spec import RunSpec

broken = {"second", "third"}


@op
def first() -> int:
    return 1


@op
def then(context: Any, value: int) -> int:
    if context.alias in broken:
        raise ValueError(context.alias)
    return value + 1


@job(executor_def=in_process_executor)
def chain() -> None:
    then.alias("third")(then.alias("second")(first()))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path))
    broken.update({"second", "third"})


def run(run_id: str, **spec: Any) -> tuple[RunOutcome, list[Event]]:
    events: list[Event] = []
    return execute_run(chain, RunSpec(run_id, "chain", **spec), emit=events.append), events


def started(events: list[Event]) -> list[str]:
    return [event.step_key for event in events if isinstance(event.detail, StepStarted)]


def test_a_retry_from_failure_loads_what_the_parent_stored() -> None:
    assert run("a")[0].state == "failed"
    broken.clear()
    outcome, events = run("b", step_keys=["second", "third"], parent_run_id="a", root_run_id="a")
    assert outcome.state == "succeeded"
    assert started(events) == ["second", "third"]
    assert [e.detail.upstream_step_key for e in events if isinstance(e.detail, InputLoaded)] == ["first", "second"]


def test_a_retry_of_a_retry_finds_what_the_first_run_stored() -> None:
    run("a")
    run("b", step_keys=["second", "third"], parent_run_id="a", root_run_id="a")
    broken.clear()
    outcome, events = run("c", step_keys=["second", "third"], parent_run_id="b", root_run_id="a")
    assert outcome.state == "succeeded", outcome.failure
    assert started(events) == ["second", "third"]


def test_what_no_run_has_stored_is_told() -> None:
    outcome, _ = run("b", step_keys=["third"], parent_run_id="a", root_run_id="a")
    assert outcome.failure is not None
    assert outcome.failure.message == "While loading input 'value' from output 'result' of step 'second':"
