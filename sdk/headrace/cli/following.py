"""Following a run on the command line: live on a terminal, line by line elsewhere, as JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from headrace.cli import exit_codes
from headrace.cli.output import console, write_json
from headrace.cli.progress import RunProgress

if TYPE_CHECKING:
    from rich.live import Live

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
        return follow_run(client, run.run_id, json_output=json_output, title=f"{run.title} {run.run_id}")
    if json_output:
        write_json(run)
    else:
        console().print(f"run {run.run_id} of {run.title} is {run.state}")
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
    with Teller(title, json_output=json_output, every_event=every_event) as teller:
        for event in events:
            teller.tell(event)
    return teller.succeeded


class Teller:
    """Shows a run while it goes on.

    Args:
        title: How to call it.
        json_output: Whether to write JSON instead: each event on a line if `every_event`, else nothing.
        every_event: Whether to tell what only few want to read.
        threads: Whether a thread may keep durations moving; without one the picture changes with each event.
    """

    def __init__(self, title: str, *, json_output: bool, every_event: bool = False, threads: bool = True) -> None:
        self._progress = RunProgress()
        self._json = json_output
        self._every_event = every_event
        self._live = None if json_output or not sys.stdout.isatty() else _live(title, self._progress, threads)

    @property
    def succeeded(self) -> bool:
        """Whether the run is over and went well."""
        return self._progress.state == "succeeded"

    def __enter__(self) -> Teller:
        if self._live is not None:
            self._live.start(refresh=True)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._live is not None:
            self._live.stop()

    def tell(self, event: RunEvent) -> None:
        """Shows what an event changes."""
        self._progress.apply(event)
        if self._json:
            if self._every_event:
                write_json(event)
            return
        if self._live is None or self._every_event or event.kind == "log_recorded":
            self._write_line(event)
        if self._live is not None and not self._live.auto_refresh:
            self._live.refresh()

    def _write_line(self, event: RunEvent) -> None:
        if not self._every_event and event.kind not in _TOLD:
            return
        from rich.text import Text

        line = Text(event.time.astimezone().strftime("%H:%M:%S.%f")[:-3], style="dim")
        attempt = f" (attempt {event.attempt})" if event.attempt > 1 else ""
        line.append(f"  {event.step_key or 'run'}{attempt}", style="not dim bold")
        line.append(f"  {event.message}", style="not dim not bold red" if event.failure else "not dim not bold")
        console().print(line)


def _live(title: str, progress: RunProgress, threads: bool) -> Live:
    from rich.live import Live

    from headrace.cli.progress_view import ProgressView

    view = ProgressView(title, progress)
    return Live(view, console=console(), auto_refresh=threads, refresh_per_second=_REFRESHES_PER_SECOND)
