"""Ticks of schedules and sensors, as commands write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headrace.cli import exit_codes
from headrace.cli.output import console, moment, write_json, write_table

if TYPE_CHECKING:
    from headrace.client import Evaluation, Tick


def write_ticks(ticks: Sequence[Tick], json_output: bool) -> None:
    """Writes ticks, newest first."""
    if json_output:
        return write_json(list(ticks))
    rows = [(moment(tick.due_time), tick.result, _came_of(tick)) for tick in ticks]
    write_table(("Due", "State", "Description"), rows, empty="It was never evaluated.")


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
            console().print(f"  asks for a run of {requested.job_name or 'its job'}{key}")
        if came_of := _came_of(tick):
            console().print(f"  {came_of}")
    return exit_codes.FAILED if tick.result == "failed" else exit_codes.OK


def _came_of(tick: Tick) -> str:
    if tick.failure is not None:
        return str(tick.failure.root)
    parts = []
    if tick.run_ids:
        parts.append("made " + ", ".join(tick.run_ids))
    if tick.repeated_run_keys:
        parts.append("asked again for " + ", ".join(tick.repeated_run_keys))
    return "; ".join(parts) or tick.skip_message
