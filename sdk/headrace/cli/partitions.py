"""`headrace partition`: the keys of dynamic partitions."""

from __future__ import annotations

import click

from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, connected, open_client
from headrace.cli.output import console, write_json


@click.group(cls=LazyGroup)
def partition() -> None:
    """List, add and delete keys of dynamic partitions."""


@partition.command("list")
@click.argument("name")
@as_json
@connected
def list_(name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """List the keys of a set, in the order in which they were added."""
    with open_client(target, token) as client:
        keys = client.partitions.list(name)
    if json_output:
        return write_json(keys)
    for key in keys:
        console().print(key)
    if not keys:
        console().print(f"The dynamic partitions {name} have no keys.", style="dim")


@partition.command()
@click.argument("name")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@as_json
@connected
def add(name: str, keys: tuple[str, ...], json_output: bool, target: str | None, token: str | None) -> None:
    """Add keys to a set; those it has stay where they are."""
    with open_client(target, token) as client:
        client.partitions.add(name, keys)
    if json_output:
        return write_json({"name": name, "keys": keys})
    console().print(f"added to {name}: {', '.join(keys)}")


@partition.command()
@click.argument("name")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@as_json
@connected
def delete(name: str, keys: tuple[str, ...], json_output: bool, target: str | None, token: str | None) -> None:
    """Take keys out of a set; what was recorded of the partitions stays."""
    with open_client(target, token) as client:
        client.partitions.delete(name, keys)
    if json_output:
        return write_json({"name": name, "keys": keys})
    console().print(f"deleted from {name}: {', '.join(keys)}")
