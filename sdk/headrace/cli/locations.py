"""`headrace location`: list and reload code locations."""

from __future__ import annotations

import click

from headrace.cli import exit_codes
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, connected, open_client
from headrace.cli.output import console, moment, write_json, write_table


@click.group(cls=LazyGroup)
def location() -> None:
    """List and reload code locations."""


@location.command("list")
@as_json
@connected
def list_(json_output: bool, target: str | None, token: str | None) -> None:
    """List code locations."""
    with open_client(target, token) as client:
        locations = client.locations.list()
    if json_output:
        return write_json(locations)
    rows = [
        (
            each.name,
            each.state,
            each.definition_count,
            moment(each.load_time),
            each.start_method,
            each.runtime,
            each.failure or "",
        )
        for each in locations
    ]
    write_table(
        ("Location", "State", "Definitions", "Loaded", "Workers", "Runtime", "Description"),
        rows,
        empty="There are no code locations.",
    )


@location.command()
@click.argument("name")
@as_json
@connected
def reload(name: str, json_output: bool, target: str | None, token: str | None) -> int:
    """Have a location load its code anew; code that does not load leaves the old in use."""
    with open_client(target, token) as client:
        found = client.locations.reload(name)
    if json_output:
        write_json(found)
    elif found.failure is not None:
        console().print(f"location {name} was not reloaded: {found.failure}", style="red")
    else:
        console().print(f"location {name} is {found.state} with {found.definition_count} definitions")
    return exit_codes.FAILED if found.failure is not None else exit_codes.OK
