"""Following a run on the command line: live on a terminal, line by line elsewhere, as JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from headrace.cli import exit_codes
from headrace.cli.output import console, write_json
from headrace.cli.progress import RunProgress

if TYPE_CHECKING:
    from headrace.client import Client, Run, RunEvent

# What somebody wants to read who did not ask for every event.
_TOLD = frozenset(
    {
        "run_state_changed",
        "step_started",
        "step_succeeded",
        "step_failed",
        "step_retry_scheduled",
        "step_skipped",
        "asset_materialized",
        "asset_check_evaluated",
        "log_recorded",
    }
)
_REFRESHES_PER_SECOND = 10


def follow_or_tell(client: Client, run: Run, *, detach: bool, json_output: bool) -> int:
    """Follows a new run to its end, or, detached, tells that it was made; returns the exit status."""
    if not detach:
        return follow_run(client, run.run_id, json_output=json_output, title=f"{run.job_name} {run.run_id}")
    if json_output:
        write_json(run)
    else:
        console().print(f"run {run.run_id} of {run.job_name} is {run.state}")
    return exit_codes.OK


def follow_run(
    client: Client,
    run_id: str,
    *,
    json_output: bool,
    title: str = "",
    every_event: bool = False,
    timeout: float | None = None,
) -> int:
    """Follows a run to its end and returns the exit status that stands for it.

    Args:
        client: Where it runs.
        run_id: The run.
        json_output: Write JSON: every event on a line if `every_event`, else the run once it is over.
        title: How to call the run.
        every_event: Whether to tell what only few want to read.
        timeout: Seconds after which to give up.
    """
    events = client.watch(run_id, timeout=timeout)
    try:
        succeeded = follow(events, title or run_id, json_output=json_output, every_event=every_event)
    except KeyboardInterrupt:
        print(f"run {run_id} goes on; `headrace run watch {run_id}` follows it again", file=sys.stderr)
        raise
    if json_output and not every_event:
        write_json(client.get_run(run_id))
    return exit_codes.OK if succeeded else exit_codes.FAILED


def follow(events: Iterable[RunEvent], title: str, *, json_output: bool, every_event: bool = False) -> bool:
    """Shows a run's events as they come; returns whether it succeeded."""
    progress = RunProgress()
    live = sys.stdout.isatty() and not json_output
    with _live(title, progress) if live else nullcontext():
        for event in events:
            progress.apply(event)
            if json_output:
                _write_json_event(event, every_event)
            elif not live or every_event or event.kind == "log_recorded":
                _write_line(event, every_event)
    return progress.state == "succeeded"


def _live(title: str, progress: RunProgress) -> AbstractContextManager[object]:
    from rich.live import Live

    from headrace.cli.progress_view import ProgressView

    return Live(ProgressView(title, progress), console=console(), refresh_per_second=_REFRESHES_PER_SECOND)


def _write_json_event(event: RunEvent, every_event: bool) -> None:
    if every_event:
        write_json(event)


def _write_line(event: RunEvent, every_event: bool) -> None:
    if not every_event and event.kind not in _TOLD:
        return
    from rich.text import Text

    line = Text(event.time.astimezone().strftime("%H:%M:%S.%f")[:-3], style="dim")
    where = event.step_key or "run"
    attempt = f" (attempt {event.attempt})" if event.attempt > 1 else ""
    bad = event.failure is not None or event.kind in ("step_failed",)
    line.append(f"  {where}{attempt}", style="not dim bold")
    line.append(f"  {event.message}", style="not dim red" if bad else "not dim")
    console().print(line)
