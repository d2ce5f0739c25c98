"""`headrace backfill`: make many partitions of jobs and assets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from headrace.cli import exit_codes
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, connected, in_location, limited, open_client, read_tags
from headrace.cli.output import console, moment, write_fields, write_json, write_table

if TYPE_CHECKING:
    from rich.progress import Progress

    from headrace.client import Backfill, Client

_STATES = ("running", "canceling", "succeeded", "failed", "canceled")
_LOOK_SECONDS = 0.5
_EXAMPLES = """\b
Examples:
  headrace backfill create --job daily --range 2024-01-01 2024-01-31
  headrace backfill create --asset orders --asset reports --all
"""


@click.group(cls=LazyGroup)
def backfill() -> None:
    """Make many partitions of a job or of assets, and follow, cancel and retry that."""


@backfill.command(epilog=_EXAMPLES)
@click.option("--job", "job_name", default="", help="Partitions of this job.")
@click.option("--asset", "assets", multiple=True, help="Partitions of this asset, such as raw/orders; may be repeated.")
@click.option("--all", "whole", is_flag=True, help="All partitions that there are now.")
@click.option("--range", "ranges", nargs=2, multiple=True, metavar="FIRST LAST", help="All from FIRST to LAST.")
@click.option("--partition", "partition_keys", multiple=True, help="This partition; may be repeated.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag of its runs; may be repeated.")
@click.option("--title", default="", help="A few words for people.")
@click.option("--detach", is_flag=True, help="Do not wait for its end.")
@in_location
@as_json
@connected
def create(
    job_name: str,
    assets: tuple[str, ...],
    whole: bool,
    ranges: tuple[tuple[str, str], ...],
    partition_keys: tuple[str, ...],
    tags: tuple[str, ...],
    title: str,
    detach: bool,
    location_name: str,
    json_output: bool,
    target: str | None,
    token: str | None,
) -> int:
    """Begin to make partitions, and follow that to its end."""
    if bool(job_name) == bool(assets):
        raise click.UsageError("give a --job, or one --asset or more")
    if not (whole or ranges or partition_keys):
        raise click.UsageError("say which partitions: --all, --range FIRST LAST, or --partition KEY")
    with open_client(target, token) as client:
        made = client.backfills.create(
            job_name=job_name,
            assets=assets,
            whole=whole,
            ranges=ranges,
            partition_keys=partition_keys,
            location_name=location_name,
            tags=read_tags(tags),
            title=title,
        )
        return _follow_or_tell(client, made, detach=detach, json_output=json_output)


@backfill.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="In this state; may be repeated.")
@limited(20)
@as_json
@connected
def list_(states: tuple[str, ...], limit: int, json_output: bool, target: str | None, token: str | None) -> None:
    """List backfills, newest first."""
    with open_client(target, token) as client:
        found = client.backfills.list(states=states, limit=limit)
    if json_output:
        return write_json(found)
    rows = [
        (each.backfill_id, _what(each), each.state, _made(each), each.run_count, moment(each.create_time))
        for each in found
    ]
    write_table(("Backfill", "Of", "State", "Made", "Runs", "Created"), rows, empty="There are no such backfills.")


@backfill.command()
@click.argument("backfill_id")
@as_json
@connected
def show(backfill_id: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Show a backfill and how far each of its assets has come."""
    with open_client(target, token) as client:
        found = client.backfills.get(backfill_id)
    if json_output:
        return write_json(found)
    _show(found)


@backfill.command()
@click.argument("backfill_id")
@as_json
@connected
def watch(backfill_id: str, json_output: bool, target: str | None, token: str | None) -> int:
    """Follow a backfill to its end."""
    with open_client(target, token) as client:
        found = client.backfills.get(backfill_id)
        return _follow_or_tell(client, found, detach=False, json_output=json_output)


@backfill.command()
@click.argument("backfill_id")
@as_json
@connected
def cancel(backfill_id: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Cancel a backfill and those of its runs that are not over."""
    with open_client(target, token) as client:
        found = client.backfills.cancel(backfill_id)
    if json_output:
        return write_json(found)
    console().print(f"backfill {found.backfill_id} is {found.state}")


@backfill.command()
@click.argument("backfill_id")
@click.option("--detach", is_flag=True, help="Do not wait for its end.")
@as_json
@connected
def retry(backfill_id: str, detach: bool, json_output: bool, target: str | None, token: str | None) -> int:
    """Begin a new backfill of what one that is over has not made."""
    with open_client(target, token) as client:
        made = client.backfills.retry(backfill_id)
        return _follow_or_tell(client, made, detach=detach, json_output=json_output)


def _follow_or_tell(client: Client, found: Backfill, *, detach: bool, json_output: bool) -> int:
    if not detach:
        found = _follow(client, found, drawn=not json_output)
    if json_output:
        write_json(found)
    elif detach:
        console().print(f"backfill {found.backfill_id} of {_what(found)} is {found.state}")
    else:
        _show(found)
    return exit_codes.OK if detach or found.succeeded else exit_codes.FAILED


def _follow(client: Client, found: Backfill, *, drawn: bool) -> Backfill:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(), disable=not drawn) as progress:
        while not found.is_over:
            time.sleep(_LOOK_SECONDS)
            found = client.backfills.get(found.backfill_id)
            _draw(progress, found)
    return found


def _draw(progress: Progress, found: Backfill) -> None:
    known = {task.fields["asset"]: task.id for task in progress.tasks}
    for part in found.parts:
        name = part.asset_key or found.job_name
        failed = f" [red]{part.failed_count} failed[/]" if part.failed_count else ""
        task = known.get(name)
        if task is None:
            task = progress.add_task(name, asset=name)
        progress.update(
            task,
            description=name + failed,
            total=part.target_count,
            completed=part.made_count + part.failed_count,
        )


def _show(found: Backfill) -> None:
    failure = found.failure
    write_fields(
        [
            ("Backfill", found.backfill_id),
            ("Of", _what(found)),
            ("Title", found.title),
            ("Location", found.location_name),
            ("State", found.state),
            ("Why", f"{failure.type}: {failure.message}" if failure else ""),
            ("Runs", f"{found.run_count} asked for, {found.active_run_count} not over"),
            ("Retry of", found.retry_of_id),
            ("Created", moment(found.create_time)),
            ("Finished", moment(found.finish_time)),
        ]
    )
    rows = [
        (part.asset_key or found.job_name, part.target_count, part.made_count, part.failed_count, part.running_count)
        for part in found.parts
    ]
    if rows:
        write_table(("Of", "To make", "Made", "Failed", "In progress"), rows, empty="")


def _what(found: Backfill) -> str:
    if found.job_name:
        return found.job_name
    names = [part.asset_key for part in found.parts]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") if names else "assets"


def _made(found: Backfill) -> str:
    made, target = sum(part.made_count for part in found.parts), sum(part.target_count for part in found.parts)
    return f"{made} of {target}" if target else ""
