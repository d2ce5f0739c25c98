"""Running a job here and now, told like a run of a running Headrace."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

from headrace.cli import exit_codes
from headrace.cli.following import Teller
from headrace.cli.output import write_json
from headrace.ids import RandomIds

if TYPE_CHECKING:
    from headrace.client import RunEvent
    from headrace.execute.events.event import Event
    from headrace.execute.spec import RunSpec
    from headrace_codeloc.code.location import LoadedLocation


@dataclass(frozen=True, slots=True)
class LocalRun:
    """What to run.

    Attributes:
        job_name: The job.
        run_config: Its configuration.
        tags: Tags of the run.
        op_selection: The ops to execute; None for all.
        asset_selection: Keys of the assets to materialize; None for all.
        partition_key: The partition; empty for none.
    """

    job_name: str
    run_config: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    op_selection: tuple[str, ...] | None = None
    asset_selection: tuple[str, ...] | None = None
    partition_key: str = ""

    def spec(self, job_tags: Mapping[str, str]) -> RunSpec:
        """Returns it as the engine is told, with a new id."""
        from headrace.definitions.assets.key import AssetKey
        from headrace.execute.spec import RunSpec

        keys = None if self.asset_selection is None else [AssetKey(key.split("/")) for key in self.asset_selection]
        return RunSpec(
            run_id=RandomIds().uuid7(),
            job_name=self.job_name,
            run_config=self.run_config,
            tags={**job_tags, **self.tags},
            op_selection=self.op_selection,
            asset_selection=keys,
            partition_key=self.partition_key or None,
        )


def execute(location: LoadedLocation, run: LocalRun, *, json_output: bool) -> int:
    """Runs it with the executor that the job names, shows its progress, and returns the exit status."""
    from headrace.execute.runs.local import execute_job_locally
    from headrace_codeloc.code.loader import resolve_job

    job = location.job(run.job_name)
    spec = run.spec(job.run_tags)
    with _own_standard_output(json_output), _Story(spec.run_id, run.job_name, json_output) as story:
        outcome = execute_job_locally(job, spec, emit=story.happened, resolve_job=partial(resolve_job, location.source))
        story.ended(outcome.state, outcome.failure.message if outcome.failure else "")
    if json_output:
        write_json(
            {"run_id": spec.run_id, "job_name": run.job_name, "state": outcome.state, "failure": outcome.failure}
        )
    return exit_codes.OK if outcome.state == "succeeded" else exit_codes.FAILED


class _Story(Teller):
    """Tells a run by the engine's own events."""

    def __init__(self, run_id: str, job_name: str, json_output: bool) -> None:
        # No threads: steps are forked off this process.
        super().__init__(f"{job_name} {run_id}", json_output=json_output, threads=False)
        self._run_id = run_id
        self._has_begun = False

    def __enter__(self) -> _Story:
        super().__enter__()
        return self

    def happened(self, event: Event) -> None:
        """Tells what the engine emits; a run that it refuses has never been running."""
        from headrace.client.events import read_event
        from headrace.wire.events import to_event

        told = read_event(to_event(event))
        # Not now: the modules that tell it are only loaded while the first step is at work.
        self._begin(told.time)
        self.tell(told)

    def ended(self, state: str, reason: str) -> None:
        """Tells how it ended."""
        now = datetime.now(timezone.utc)
        self._begin(now)
        self.tell(_state_event(self._run_id, now, state, reason))

    def _begin(self, moment: datetime) -> None:
        if not self._has_begun:
            self._has_begun = True
            self.tell(_state_event(self._run_id, moment, "running", ""))


def _state_event(run_id: str, moment: datetime, state: str, reason: str) -> RunEvent:
    from headrace.client import RunEvent

    message = f"run {state} ({reason})" if reason else f"run {state}"
    return RunEvent(run_id, 0, moment, "run_state_changed", message=message, detail={"state": state, "reason": reason})


@contextmanager
def _own_standard_output(wanted: bool) -> Iterator[None]:
    """Keeps standard output for us where programs read it: what steps print goes to standard error."""
    if not wanted:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
