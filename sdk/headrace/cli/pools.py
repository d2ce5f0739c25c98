"""`headrace pool`: show and limit pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, connected, limited, open_client
from headrace.cli.output import console, moment, write_fields, write_json, write_table

if TYPE_CHECKING:
    from headrace.client import Pool

_SOURCES = {"set": "set by command", "file": "instance file", "default": "default of the instance file"}


@click.group(cls=LazyGroup)
def pool() -> None:
    """Show pools and set how many of their steps are executed at once."""


@pool.command("list")
@limited(100)
@as_json
@connected
def list_(limit: int, json_output: bool, target: str | None, token: str | None) -> None:
    """List pools that have a limit of their own, or steps."""
    with open_client(target, token) as client:
        pools = client.pools.list(limit=limit)
    if json_output:
        return write_json(pools)
    rows = [(each.name, _limit(each), each.held_count, each.waiting_count, _source(each)) for each in pools]
    write_table(
        ("Pool", "Slots", "Held", "Waiting", "Limit from"), rows, empty="No pool has a limit of its own, or steps."
    )


@pool.command()
@click.argument("name")
@as_json
@connected
def show(name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Show a pool, who holds its slots and who waits."""
    with open_client(target, token) as client:
        found = client.pools.get(name)
    if json_output:
        return write_json(found)
    write_fields(
        [
            ("Pool", found.name),
            ("Slots", _limit(found)),
            ("Limit from", _source(found)),
            ("Held", found.held_count),
            ("Waiting", found.waiting_count),
        ]
    )
    rows = [(s.run_id, s.step_key, "held" if s.held else "waiting", s.priority, moment(s.since)) for s in found.steps]
    if rows:
        write_table(("Run", "Step", "State", "Priority", "Since"), rows, empty="")


@pool.command("set")
@click.argument("name")
@click.argument("limit", type=click.IntRange(min=0), required=False)
@click.option("--default", "to_default", is_flag=True, help="Back to what the instance file says.")
@as_json
@connected
def set_(
    name: str, limit: int | None, to_default: bool, json_output: bool, target: str | None, token: str | None
) -> None:
    """Set how many slots a pool has; it holds for steps that start from now on."""
    if (limit is None) != to_default:
        raise click.UsageError("give the number of slots, or --default for what the instance file says")
    with open_client(target, token) as client:
        found = client.pools.set_limit(name, limit)
    if json_output:
        return write_json(found)
    console().print(f"pool {found.name} has {_limit(found)} slots")


def _limit(found: Pool) -> str:
    return "any number of" if found.limit is None else str(found.limit)


def _source(found: Pool) -> str:
    return _SOURCES.get(found.limit_source, found.limit_source)
