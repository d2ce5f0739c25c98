"""`headrace asset`: list and materialize assets."""

from __future__ import annotations

import click

from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, connected, in_location, open_client
from headrace.cli.output import moment, write_json, write_table
from headrace.cli.plugins import plugged_in

_MATERIALIZE = plugged_in("asset.materialize", "Materialize assets, in a running Headrace or here and now.")


@click.group(cls=LazyGroup, lazy={"materialize": _MATERIALIZE})
def asset() -> None:
    """List and materialize assets."""


@asset.command("list")
@click.option("--group", "group_name", default="", help="Of this group.")
@click.option("--prefix", help="Whose keys begin with these parts, such as raw/orders.")
@in_location
@as_json
@connected
def list_(
    group_name: str, prefix: str | None, location_name: str, json_output: bool, target: str | None, token: str | None
) -> None:
    """List assets by key."""
    with open_client(target, token) as client:
        assets = client.assets.list(group_name=group_name, location_name=location_name, prefix=prefix)
    if json_output:
        return write_json(assets)
    rows = [
        (
            each.key,
            each.group_name,
            each.location_name,
            each.materialization_count,
            moment(each.latest_materialization.time if each.latest_materialization else None),
            each.description,
        )
        for each in assets
    ]
    write_table(
        ("Asset", "Group", "Location", "Materialized", "Last", "Description"), rows, empty="There are no such assets."
    )
