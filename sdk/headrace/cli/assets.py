"""`headrace asset`: list, show, materialize and wipe assets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, confirm, confirmable, connected, in_location, limited, open_client
from headrace.cli.output import console, moment, write_fields, write_json, write_table
from headrace.cli.plugins import plugged_in

if TYPE_CHECKING:
    from headrace.client.asset_histories import PartitionRanges
    from headrace.client.events import RunEvent

_MOST_RANGES = 20
_MATERIALIZE = plugged_in("asset.materialize", "Materialize assets, in a running Headrace or here and now.")


@click.group(cls=LazyGroup, lazy={"materialize": _MATERIALIZE})
def asset() -> None:
    """List, show, materialize and wipe assets."""


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


@asset.command()
@click.argument("key")
@as_json
@connected
def show(key: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Show an asset: its definition, what was made and seen last, its checks and partitions."""
    with open_client(target, token) as client:
        found, partitions = client.assets.get(key), client.assets.partitions(key)
    if json_output:
        return write_json({"asset": found, "partitions": partitions})
    write_fields(
        [
            ("Asset", found.key),
            ("Description", found.description),
            ("Location", found.location_name),
            ("Group", found.group_name),
            ("Kinds", ", ".join(found.kinds)),
            ("Made from", ", ".join(found.dependencies)),
            ("Materialized", _times(found.materialization_count, found.latest_materialization)),
            ("Freshness", found.freshness.lower()),
            ("Observed", _times(found.observation_count, found.latest_observation)),
            *((f"Check {name}", _verdict(verdict)) for name, verdict in found.checks.items()),
            ("Partitions", f"{partitions.materialized.count} of {partitions.count} made" if partitions.count else ""),
            ("In progress", _ranges(partitions.in_progress)),
            ("Failed", _ranges(partitions.failed)),
        ]
    )


@asset.command()
@click.argument("key")
@as_json
@connected
def partitions(key: str, json_output: bool, target: str | None, token: str | None) -> None:
    """Show which partitions of an asset were made, are being made, or failed."""
    with open_client(target, token) as client:
        known = client.assets.partitions(key)
    if json_output:
        return write_json(known)
    states = (("materialized", known.materialized), ("in progress", known.in_progress), ("failed", known.failed))
    rows = [(name, ranges.count, first, last) for name, ranges in states for first, last in ranges.ranges]
    empty = f"None of its {known.count} partitions was asked for yet." if known.count else "It has no partitions."
    write_table(("State", "Of", "From", "To"), rows, empty=empty)


@asset.command()
@click.argument("key")
@click.option("--partition", "partition_key", default="", help="Of this partition.")
@limited(50)
@as_json
@connected
def history(key: str, partition_key: str, limit: int, json_output: bool, target: str | None, token: str | None) -> None:
    """Show an asset's materializations, observations and verdicts, newest first."""
    with open_client(target, token) as client:
        events = client.assets.events(key, partition_keys=[partition_key] if partition_key else (), limit=limit)
    if json_output:
        return write_json(events)
    rows = [(moment(each.event.time), each.event.message, each.event.run_id) for each in events]
    write_table(("Time", "Event", "Run"), rows, empty="Nothing was recorded of it.")


@asset.command()
@click.argument("key")
@click.option("--partition", "partition_keys", multiple=True, help="Only this partition; may be repeated.")
@confirmable
@as_json
@connected
def wipe(
    key: str, partition_keys: tuple[str, ...], yes: bool, json_output: bool, target: str | None, token: str | None
) -> None:
    """Forget what was recorded of an asset; what its I/O manager stored stays."""
    what = f"{len(partition_keys)} partitions of {key}" if partition_keys else key
    confirm(f"Forget all that was recorded of {what}?", yes=yes)
    with open_client(target, token) as client:
        client.assets.wipe(key, partition_keys=partition_keys)
    if json_output:
        return write_json({"key": key, "partition_keys": partition_keys})
    console().print(f"forgot what was recorded of {what}")


def _times(count: int, latest: RunEvent | None) -> str:
    return "" if latest is None else f"{count} times, last {moment(latest.time)} by run {latest.run_id or 'none'}"


def _verdict(event: RunEvent) -> str:
    return f"{'passed' if event.detail.get('passed') else 'failed'} {moment(event.time)}"


def _ranges(ranges: PartitionRanges) -> str:
    shown = [first if first == last else f"{first}...{last}" for first, last in ranges.ranges[:_MOST_RANGES]]
    more = f", and {len(ranges.ranges) - _MOST_RANGES} ranges more" if len(ranges.ranges) > _MOST_RANGES else ""
    return f"{ranges.count}: {', '.join(shown)}{more}" if ranges.count else ""
