"""A run's progress on a terminal: steps with their states and durations, and when each of them ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from headrace.cli.gantt import Scale
from headrace.cli.output import style_of
from headrace.cli.progress import ENDED, RunProgress, StepProgress
from headrace.client.event_text import format_seconds

_MARKS = {"succeeded": "✓", "failed": "✗", "skipped": "–", "canceled": "■", "retrying": "↻", "waiting": "·"}
_NARROWEST_BAR, _WIDEST_BAR = 10, 72
_DURATION = 9
# A blank, a mark, a duration, and what is between all of them.
_SIGNS = 2 + 2 + 1 + _DURATION + 1 + 1
_BESIDE = _SIGNS + 38
_ROWS_AROUND = 6


class ProgressView:
    """Renders a run's progress as it is at that moment."""

    def __init__(self, title: str, progress: RunProgress) -> None:
        self._title = title
        self._progress = progress
        self._spinner = Spinner("dots", style="cyan")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yields the picture."""
        now = datetime.now(timezone.utc)
        height = max(3, (options.height or console.height) - _ROWS_AROUND)
        steps, hidden = shown_steps(list(self._progress.steps.values()), height)
        parts: list[object] = [self._head(now)]
        if steps:
            parts.append(self._table(steps, now, options.max_width))
        if hidden:
            parts.append(Text(f"  and {hidden} more steps", style="dim"))
        yield Group(*parts)  # type: ignore[arg-type]

    def _head(self, now: datetime) -> Table:
        progress = self._progress
        line = Text(self._title, style="bold")
        line.append(f"  {progress.state}", style=f"not bold {style_of(progress.state)}".strip())
        if progress.create_time:
            seconds = ((progress.end_time or now) - progress.create_time).total_seconds()
            line.append(f"  {format_seconds(max(0.0, seconds))}", style="not bold dim")
        if progress.steps:
            done = progress.count(*ENDED)
            line.append(f"  {done}/{len(progress.steps)} steps", style="not bold dim")
        if progress.state == "failed" and progress.reason:
            line.append(f"  {progress.reason}", style="not bold red")
        head = Table.grid(padding=(0, 1))
        mark = _MARKS.get(progress.state)
        head.add_row(Text(mark, style=style_of(progress.state)) if mark else self._spinner, line)
        return head

    def _table(self, steps: Sequence[StepProgress], now: datetime, width: int) -> Table:
        names = max(len(step.key) for step in steps)
        scale = self._scale(now, max(_NARROWEST_BAR, min(_WIDEST_BAR, width - names - _BESIDE)))
        # What a step has to say gives way, so that each keeps to its line.
        rest = max(0, width - names - scale.columns - _SIGNS)
        table = Table.grid(padding=(0, 1))
        table.add_row(" ", "", "", " " * _DURATION, scale.axis(), "")
        for step in in_order(steps):
            style = style_of(step.state) or ("yellow" if step.state == "retrying" else "dim")
            mark = self._spinner if step.state == "running" else Text(_MARKS.get(step.state, " "), style=style)
            note = Text(_note(step))
            note.truncate(rest, overflow="ellipsis")
            took = Text(_duration(step, now), style="dim")
            table.add_row(" ", mark, Text(step.key), took, scale.bars(step.attempts), note)
        return table

    def _scale(self, now: datetime, columns: int) -> Scale:
        """Returns the run's time on the terminal's columns."""
        progress = self._progress
        begin = progress.first_time or progress.create_time or now
        return Scale(begin, max(begin, progress.end_time or now), columns)


def in_order(steps: Sequence[StepProgress]) -> list[StepProgress]:
    """Returns steps in the order in which they began; those that have not, at the end, in the order of the plan."""
    never = datetime.max.replace(tzinfo=timezone.utc)
    return sorted(steps, key=lambda step: step.start_time or never)


def shown_steps(steps: Sequence[StepProgress], most: int) -> tuple[list[StepProgress], int]:
    """Returns the steps to show where not all fit, in their order, and how many are left out.

    What failed and what is going on matters most, then what ended last.
    """
    if len(steps) <= most:
        return list(steps), 0
    ranks = {"failed": 0, "running": 1, "retrying": 1, "canceled": 2, "succeeded": 3}
    late = sorted(steps, key=lambda step: step.end_time.timestamp() if step.end_time else 0.0, reverse=True)
    chosen = {step.key for step in sorted(late, key=lambda step: ranks.get(step.state, 4))[:most]}
    return [step for step in steps if step.key in chosen], len(steps) - most


def _note(step: StepProgress) -> str:
    attempt = f"attempt {step.attempt} " if step.attempt > 1 else ""
    return attempt + (step.message.splitlines()[0] if step.message else "")


def _duration(step: StepProgress, now: datetime) -> str:
    if step.start_time is None:
        return ""
    return format_seconds(max(0.0, ((step.end_time or now) - step.start_time).total_seconds()))
