"""Ticks of schedules and sensors, as commands write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headrace.cli import exit_codes
from headrace.cli.conditions import write_conditions
from headrace.cli.output import console, moment, write_json, write_table

if TYPE_CHECKING:
    from headrace.client import Evaluation, Tick


def write_ticks(ticks: Sequence[Tick], json_output: bool) -> None:
    """Writes ticks, newest first."""
    if json_output:
        return write_json(list(ticks))
    rows = [(moment(tick.due_time), tick.result, _came_of(tick)) for tick in ticks]
    write_table(("Due", "State", "Description"), rows, empty="It was never evaluated.")


def write_history(ticks: Sequence[Tick], json_output: bool) -> None:
    """Writes ticks with what their code logged, newest first."""
    if json_output:
        return write_json(list(ticks))
    if not ticks:
        console().print("It was never evaluated.", style="dim")
    for tick in ticks:
        console().print(f"{moment(tick.due_time)}  {tick.result}  {_came_of(tick)}".rstrip())
        for line in tick.log_lines:
            console().print(f"  {line}")


def write_evaluation(evaluation: Evaluation, json_output: bool) -> int:
    """Writes what came of an evaluation and returns the exit status."""
    tick = evaluation.tick
    if json_output:
        write_json(evaluation)
    else:
        console().print(f"{tick.name}: {tick.result}")
        for line in tick.log_lines:
            console().print(f"  {line}")
        for requested in evaluation.requested_runs:
            key = f" with run key {requested.run_key!r}" if requested.run_key else ""
            partition = f" for partition {requested.partition_key!r}" if requested.partition_key else ""
            what = ", ".join(requested.asset_selection) or requested.job_name or "its job"
            console().print(f"  asks for a run of {what}{key}{partition}")
        for backfill in tick.backfills:
            console().print(f"  asks for a backfill of {', '.join(backfill.asset_keys)}")
        for change in evaluation.partition_changes:
            keys = [f"+{key}" for key in change.added] + [f"-{key}" for key in change.deleted]
            console().print(f"  changes partitions {change.name!r}: {' '.join(keys)}")
        for event in evaluation.asset_events:
            console().print(f"  tells: {event.message}")
        write_conditions(tick.conditions)
        if tick.cursor and not tick.conditions:
            console().print(f"  leaves the cursor {tick.cursor!r}")
        if came_of := _came_of(tick):
            console().print(f"  {came_of}")
    return exit_codes.FAILED if tick.result == "failed" else exit_codes.OK


def _came_of(tick: Tick) -> str:
    if tick.failure is not None:
        return str(tick.failure.root)
    parts = []
    if tick.run_ids:
        parts.append("made " + ", ".join(tick.run_ids))
    if tick.backfills and tick.finish_time is not None:
        parts.append("made the backfill " + ", ".join(each.backfill_id for each in tick.backfills))
    if tick.repeated_run_keys:
        parts.append("asked again for " + ", ".join(tick.repeated_run_keys))
    return "; ".join(parts) or tick.skip_message
