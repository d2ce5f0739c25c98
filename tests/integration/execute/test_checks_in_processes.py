"""Checks, hooks and versions of data, where each step has a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from headrace.execute.events.event import AssetCheckEvaluated, AssetMaterialized, Event, StepSkipped, StepStarted
from headrace.execute.runs.local import execute_job_locally
from headrace.execute.spec import RunSpec

sys.path.insert(0, os.path.dirname(__file__))
import check_jobs


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def events_of(job_name: str, state: str) -> list[Event]:
    events: list[Event] = []
    config = {"execution": {"config": {"multiprocess": {"start_method": {"fork": {}}}}}}
    outcome = execute_job_locally(
        check_jobs.find_job(job_name),
        RunSpec("run", job_name, config),
        emit=events.append,
        resolve_job=check_jobs.find_job,
    )
    assert outcome.state == state, outcome.failure
    return events


def details(events: list[Event], kind: type[Any]) -> dict[str, Any]:
    return {event.step_key: event.detail for event in events if isinstance(event.detail, kind)}


def test_a_blocking_check_stops_what_is_downstream_in_other_processes() -> None:
    events = events_of("checked", "failed")
    [verdict] = details(events, AssetCheckEvaluated).values()
    assert not verdict.passed and verdict.blocking and verdict.metadata["orders"].value == 5
    assert set(details(events, StepSkipped)) == {"totals", "copies"}


def test_a_hook_runs_in_the_process_of_its_step(home: Path) -> None:
    started = details(events_of("unchecked", "succeeded"), StepStarted)
    pid, values = (home / "orders.signed").read_text(encoding="utf-8").split(" ", 1)
    assert int(pid) == started["orders"].pid != os.getpid() and values == "{'result': 5}"


def test_versions_travel_between_the_processes_of_steps() -> None:
    made = details(events_of("unchecked", "succeeded"), AssetMaterialized)
    version = made["orders"].tags["headrace/data_version"]
    assert made["totals"].tags["headrace/input_data_version/orders"] == version
    assert made["copies"].tags["headrace/input_data_version/orders"] == version
