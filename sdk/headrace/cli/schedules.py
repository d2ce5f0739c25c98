"""`headrace schedule`: list, start, stop, preview and trigger schedules."""

from __future__ import annotations

from datetime import datetime

import click

from headrace.cli.evaluations import write_evaluation, write_history, write_ticks
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, connected, in_location, limited, open_client
from headrace.cli.output import console, moment, write_json, write_table


@click.group(cls=LazyGroup)
def schedule() -> None:
    """List, start, stop, preview and trigger schedules."""


@schedule.command("list")
@in_location
@as_json
@connected
def list_(location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """List schedules."""
    with open_client(target, token) as client:
        schedules = client.schedules.list(location_name=location_name)
    if json_output:
        return write_json(schedules)
    rows = [
        (
            each.name,
            each.state,
            " | ".join(each.cron_expressions),
            each.time_zone,
            each.job_name,
            moment(each.next_due_time),
            each.location_name,
        )
        for each in schedules
    ]
    write_table(
        ("Schedule", "State", "Cron", "Time zone", "Job", "Due next", "Location"), rows, empty="There are no schedules."
    )


@schedule.command()
@click.argument("name")
@in_location
@as_json
@connected
def start(name: str, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Switch a schedule on."""
    with open_client(target, token) as client:
        found = client.schedules.start(name, location_name=location_name)
    if json_output:
        return write_json(found)
    due = f", due next at {moment(found.next_due_time)}" if found.next_due_time else ""
    console().print(f"schedule {found.name} is {found.state}{due}")


@schedule.command()
@click.argument("name")
@in_location
@as_json
@connected
def stop(name: str, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Switch a schedule off; runs it made go on."""
    with open_client(target, token) as client:
        found = client.schedules.stop(name, location_name=location_name)
    if json_output:
        return write_json(found)
    console().print(f"schedule {found.name} is {found.state}")


@schedule.command()
@click.argument("name")
@in_location
@as_json
@connected
def restart(name: str, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Switch a schedule off and on again: what was due until now does not count."""
    with open_client(target, token) as client:
        client.schedules.stop(name, location_name=location_name)
        found = client.schedules.start(name, location_name=location_name)
    if json_output:
        return write_json(found)
    console().print(f"schedule {found.name} is {found.state}")


@schedule.command()
@click.argument("name")
@click.option("-n", "--count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many.")
@in_location
@as_json
@connected
def preview(
    name: str, count: int, location_name: str, json_output: bool, target: str | None, token: str | None
) -> None:
    """Show the next moments at which a schedule is due; asks no user code."""
    with open_client(target, token) as client:
        moments = client.schedules.preview(name, location_name=location_name, count=count)
    if json_output:
        return write_json(moments)
    for each in moments:
        console().print(moment(each))


@schedule.command()
@click.argument("name")
@click.option("--due-time", type=click.DateTime(), help="The moment it is to think it is, in local time.")
@click.option("--dry-run", is_flag=True, help="Show what it would do; make nothing.")
@in_location
@as_json
@connected
def trigger(
    name: str,
    due_time: datetime | None,
    dry_run: bool,
    location_name: str,
    json_output: bool,
    target: str | None,
    token: str | None,
) -> int:
    """Evaluate a schedule as if it were due."""
    with open_client(target, token) as client:
        evaluation = client.schedules.trigger(name, location_name=location_name, due_time=due_time, dry_run=dry_run)
    return write_evaluation(evaluation, json_output)


@schedule.command()
@click.argument("name")
@limited(20)
@in_location
@as_json
@connected
def logs(name: str, limit: int, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Show what a schedule logged and did at its ticks, newest first."""
    with open_client(target, token) as client:
        write_history(client.schedules.ticks(name, location_name=location_name, limit=limit), json_output)


@schedule.command()
@click.argument("name")
@limited(20)
@in_location
@as_json
@connected
def ticks(name: str, limit: int, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """List a schedule's ticks, newest first."""
    with open_client(target, token) as client:
        write_ticks(client.schedules.ticks(name, location_name=location_name, limit=limit), json_output)
