"""`headrace run`: list, follow, explain, cancel and retry runs; read their logs."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from headrace.cli import exit_codes
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, confirm, confirmable, connected, in_location, limited, open_client
from headrace.cli.output import console, moment, write_fields, write_json, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headrace.client import Client, Run, RunEvent, RunWait

_MOST_EXPLAINED, _MOST_FAILURES = 100, 5


@click.group(cls=LazyGroup)
def run() -> None:
    """List, follow, explain, cancel and retry runs; read their logs."""


@run.command("list")
@click.option("--state", "states", multiple=True, help="In this state, such as running or failed; may be repeated.")
@click.option("-j", "--job", "job_name", default="", help="Of this job.")
@click.option("--tag", "tags", multiple=True, metavar="KEY[=VALUE]", help="With this tag; may be repeated.")
@limited(25)
@in_location
@as_json
@connected
def list_(
    states: tuple[str, ...],
    job_name: str,
    tags: tuple[str, ...],
    limit: int,
    location_name: str,
    json_output: bool,
    target: str | None,
    token: str | None,
) -> None:
    """List runs, newest first."""
    with open_client(target, token) as client:
        runs = client.list_runs(states=states, job_name=job_name, location_name=location_name, tags=tags, limit=limit)
        if json_output:
            return write_json(runs)
        reasons = _short_reasons(client, runs)
    rows = [
        (
            each.run_id,
            each.title,
            each.state,
            moment(each.create_time),
            _seconds(each.duration),
            _origin(each),
            reasons.get(each.run_id, ""),
        )
        for each in runs
    ]
    headings = ("Run", "Job or assets", "State", "Created", "Took", "Asked for by", "Waits for")
    shown = len(headings) if any(reasons.values()) else len(headings) - 1
    write_table(headings[:shown], [row[:shown] for row in rows], empty="There are no such runs.")


@run.command()
@click.argument("run_id")
@as_json
@connected
def show(run_id: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Show one run."""
    with open_client(target, token) as client:
        found = client.get_run(run_id)
        if json_output:
            return write_json(found)
        waits = "" if found.finished else str(client.explain(run_id))
        failed = client.events(run_id, kinds=["step_failed"], limit=_MOST_FAILURES) if found.failure else []
    write_fields(
        [
            ("Run", found.run_id),
            ("Job", "" if found.job_name.startswith("__") else found.job_name),
            ("Location", found.location_name),
            ("State", found.state),
            ("Waits for", waits),
            ("Attempt", found.attempt),
            ("Asked for by", _origin(found)),
            ("Repeats", found.parent_run_id),
            ("Partition", found.partition_key),
            ("Assets", ", ".join(found.asset_selection)),
            ("Ops", ", ".join(found.op_selection)),
            ("Steps", ", ".join(found.step_keys)),
            ("Tags", ", ".join(f"{key}={value}" for key, value in found.tags.items())),
            ("Created", moment(found.create_time)),
            ("Started", moment(found.start_time)),
            ("Finished", moment(found.finish_time)),
            ("Took", _seconds(found.duration)),
            ("Worker", found.worker),
            ("Failure", found.failure),
        ]
    )
    for event in failed:
        _write_failure(event)


@run.command()
@click.argument("run_id")
@as_json
@connected
def why(run_id: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Tell what a run waits for."""
    with open_client(target, token) as client:
        found = client.explain(run_id)
    if json_output:
        return write_json(found)
    if not found.waits:
        console().print(f"run {run_id} is {found.state} and waits for nothing")
        return
    console().print(f"run {run_id} is {found.state} and waits for")
    for wait in found.waits:
        console().print(f"  {wait.kind}: {wait.message}")
    if found.runs_ahead:
        console().print(f"{found.runs_ahead} queued runs go before it")


@run.command()
@click.argument("run_id")
@click.option("--timeout", type=float, help="Give up after this many seconds.")
@as_json
@connected
def watch(run_id: str, timeout: float | None, json_output: bool, target: str | None, token: str | None) -> int:
    """Follow a run to its end; the exit status tells how it ended."""
    from headrace.cli.following import follow_run

    with open_client(target, token) as client:
        return follow_run(client, run_id, json_output=json_output, every_event=True, timeout=timeout)


@run.command()
@click.argument("run_id")
@click.option("--wait/--no-wait", default=False, help="Wait until it has ended.")
@as_json
@connected
def cancel(run_id: str, wait: bool, json_output: bool, target: str | None, token: str | None) -> None:
    """Ask for the end of a run."""
    with open_client(target, token) as client:
        found = client.cancel(run_id)
        if wait:
            found = client.wait(run_id)
    if json_output:
        return write_json(found)
    console().print(f"run {found.run_id} is {found.state}")


@run.command()
@click.argument("run_id")
@click.option("--from-failure", is_flag=True, help="Repeat the steps that did not succeed: what happens by default.")
@click.option("--from-asset-failure", is_flag=True, help="Repeat assets that were not made or whose checks failed.")
@click.option("--all-steps", "--all", "all_steps", is_flag=True, help="Repeat all steps.")
@click.option("--step", "--steps", "steps", multiple=True, help="Repeat this step, or these: a,b; may be repeated.")
@click.option("-d", "--detach", is_flag=True, help="Do not wait for the end of the new run.")
@as_json
@connected
def retry(
    run_id: str,
    from_failure: bool,
    from_asset_failure: bool,
    all_steps: bool,
    steps: tuple[str, ...],
    detach: bool,
    json_output: bool,
    target: str | None,
    token: str | None,
) -> int:
    """Make a new run from one that is over; outputs of steps that are not repeated are used again."""
    from headrace.cli.following import follow_or_tell

    if sum((from_failure, from_asset_failure, all_steps, bool(steps))) > 1:
        raise click.UsageError("give one of --from-failure, --from-asset-failure, --all and --step")
    step_keys = [key for each in steps for key in each.split(",") if key]
    with open_client(target, token) as client:
        made = client.retry(run_id, all_steps=all_steps, from_asset_failure=from_asset_failure, step_keys=step_keys)
        return follow_or_tell(client, made, detach=detach, json_output=json_output)


@run.command()
@click.argument("run_id")
@confirmable
@as_json
@connected
def delete(run_id: str, yes: bool, json_output: bool, target: str | None, token: str | None) -> None:
    """Remove a finished run and its events; the history of assets stays."""
    confirm(f"Remove run {run_id} and its events?", yes=yes)
    with open_client(target, token) as client:
        client.delete_run(run_id)
    if json_output:
        return write_json({"run_id": run_id})
    console().print(f"run {run_id} is removed")


@run.command()
@click.argument("run_id")
@click.argument("step_key")
@click.option("--stderr", "stream", flag_value="stderr", help="What it wrote to standard error.")
@click.option("--stdout", "stream", flag_value="stdout", default="stdout", help="What it wrote to standard output.")
@click.option("--attempt", type=click.IntRange(min=1), help="Of this attempt; by default the newest.")
@click.option("-f", "--follow", is_flag=True, help="Go on until the step is over.")
@connected
def logs(
    run_id: str,
    step_key: str,
    stream: str,
    attempt: int | None,
    follow: bool,
    target: str | None,
    token: str | None,
) -> int:
    """Write what a step wrote to standard output or error."""
    with open_client(target, token) as client:
        for piece in client.logs(run_id, step_key, attempt=attempt or 0, stream=stream, follow=follow):
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    return exit_codes.OK


def _write_failure(event: RunEvent) -> None:
    from rich.text import Text

    console().print(Text(f"\nStep {event.step_key}, attempt {event.attempt}", style="bold"))
    for error in reversed(event.failure.chain if event.failure else []):
        where = Text(f"\n{error.stack_trace}".rstrip(), style="dim")
        console().print(where.append(f"\n{error.type}: {error.message}", style="not dim red"))


def _short_reasons(client: Client, runs: Sequence[Run]) -> dict[str, str]:
    """Returns in a word or two what each run waits for; a deployment that cannot say leaves the list as it is."""
    from headrace.errors import UnimplementedError

    waiting = [each.run_id for each in runs if not each.finished][:_MOST_EXPLAINED]
    if not waiting:
        return {}
    try:
        explanations = client.explain_runs(waiting)
    except UnimplementedError:
        return {}
    return {each.run_id: _short(each.waits[0]) for each in explanations if each.waits}


def _short(wait: RunWait) -> str:
    kind = wait.kind.replace("_", " ")
    name = f"{wait.name}={wait.value}" if wait.value else wait.name
    use = f" ({wait.used}/{wait.limit})" if wait.limit is not None else ""
    return f"{kind} {name}".strip() + use


def _origin(found: Run) -> str:
    return f"{found.origin} {found.origin_name}" if found.origin else found.actor


def _seconds(duration: timedelta | None) -> str:
    return "" if duration is None else f"{duration.total_seconds():.2f} s"
