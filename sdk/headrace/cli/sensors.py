"""`headrace sensor`: list, start, stop, preview and trigger sensors."""

from __future__ import annotations

import click

from headrace.cli.evaluations import write_evaluation, write_history, write_ticks
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, connected, in_location, limited, open_client
from headrace.cli.output import console, moment, write_json, write_table


@click.group(cls=LazyGroup)
def sensor() -> None:
    """List, start, stop, preview and trigger sensors."""


@sensor.command("list")
@in_location
@as_json
@connected
def list_(location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """List sensors."""
    with open_client(target, token) as client:
        sensors = client.sensors.list(location_name=location_name)
    if json_output:
        return write_json(sensors)
    rows = [
        (
            each.name,
            each.state,
            f"every {each.minimum_interval:g} s",
            ", ".join(each.job_names),
            moment(each.last_tick_time),
            each.location_name,
        )
        for each in sensors
    ]
    write_table(
        ("Sensor", "State", "Interval", "Jobs", "Evaluated last", "Location"), rows, empty="There are no sensors."
    )


@sensor.command()
@click.argument("name")
@in_location
@as_json
@connected
def start(name: str, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Switch a sensor on."""
    with open_client(target, token) as client:
        found = client.sensors.start(name, location_name=location_name)
    if json_output:
        return write_json(found)
    console().print(f"sensor {found.name} is {found.state}")


@sensor.command()
@click.argument("name")
@in_location
@as_json
@connected
def stop(name: str, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Switch a sensor off; runs it made go on."""
    with open_client(target, token) as client:
        found = client.sensors.stop(name, location_name=location_name)
    if json_output:
        return write_json(found)
    console().print(f"sensor {found.name} is {found.state}")


@sensor.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Show what it would do; make nothing.")
@click.option("--cursor", help="The cursor it is to have in a dry run; by default its own.")
@in_location
@as_json
@connected
def trigger(
    name: str,
    dry_run: bool,
    cursor: str | None,
    location_name: str,
    json_output: bool,
    target: str | None,
    token: str | None,
) -> int:
    """Evaluate a sensor now."""
    if cursor is not None and not dry_run:
        raise click.UsageError("--cursor tries a cursor in a --dry-run; `headrace sensor cursor` sets it")
    with open_client(target, token) as client:
        evaluation = client.sensors.trigger(name, location_name=location_name, dry_run=dry_run, cursor=cursor)
    return write_evaluation(evaluation, json_output)


@sensor.command()
@click.argument("name")
@click.option("--cursor", help="The cursor it is to have; by default its own.")
@in_location
@as_json
@connected
def preview(
    name: str, cursor: str | None, location_name: str, json_output: bool, target: str | None, token: str | None
) -> int:
    """Show what a sensor would do now; nothing is made, and its cursor stays."""
    with open_client(target, token) as client:
        evaluation = client.sensors.trigger(name, location_name=location_name, dry_run=True, cursor=cursor)
    return write_evaluation(evaluation, json_output)


@sensor.command()
@click.argument("name")
@limited(20)
@in_location
@as_json
@connected
def logs(name: str, limit: int, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Show what a sensor logged and did at its evaluations, newest first."""
    with open_client(target, token) as client:
        write_history(client.sensors.ticks(name, location_name=location_name, limit=limit), json_output)


@sensor.command()
@click.argument("name")
@limited(20)
@in_location
@as_json
@connected
def ticks(name: str, limit: int, location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """List a sensor's ticks, newest first."""
    with open_client(target, token) as client:
        write_ticks(client.sensors.ticks(name, location_name=location_name, limit=limit), json_output)


@sensor.command()
@click.argument("name")
@click.option("--set", "value", help="Give it this cursor.")
@click.option("--delete", "--clear", is_flag=True, help="Take its cursor away, as if it had never been evaluated.")
@in_location
@as_json
@connected
def cursor(
    name: str,
    value: str | None,
    delete: bool,
    location_name: str,
    json_output: bool,
    target: str | None,
    token: str | None,
) -> None:
    """Show or change a sensor's cursor."""
    if value is not None and delete:
        raise click.UsageError("give --set or --delete, not both")
    with open_client(target, token) as client:
        if value is None and not delete:
            found = client.sensors.get(name, location_name=location_name)
        else:
            found = client.sensors.set_cursor(name, value or "", location_name=location_name)
    if json_output:
        return write_json(found)
    console().print(found.cursor or "It has no cursor.", style=None if found.cursor else "dim")
