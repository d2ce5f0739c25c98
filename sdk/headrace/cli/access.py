"""`headrace access`: who may do what, and who did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json, connected, limited, open_client
from headrace.cli.output import moment, write_fields, write_json, write_table

if TYPE_CHECKING:
    from headrace.client.access import AuditEntry, Caller


@click.group(cls=LazyGroup)
def access() -> None:
    """Show who you are to a running Headrace, and who changed what."""


@access.command()
@as_json
@connected
def whoami(json_output: bool, target: str | None, token: str | None) -> None:
    """Show who your token says that you are, and your role."""
    with open_client(target, token) as client:
        found = client.access.caller()
    if json_output:
        return write_json(found)
    where = ", ".join(found.location_names) or "everywhere"
    write_fields([("Caller", _name(found)), ("Role", found.role), ("Changes", where)])


@access.command()
@click.option("--caller", help="Only what this caller did.")
@limited(50)
@as_json
@connected
def audit(caller: str | None, limit: int, json_output: bool, target: str | None, token: str | None) -> None:
    """List calls that changed something or were refused, newest first. Needs the role admin."""
    with open_client(target, token) as client:
        found = client.access.audit(caller_name=caller, limit=limit)
    if json_output:
        return write_json(found)
    write_table(
        ("Time", "Caller", "Role", "Call", "About", "Answer"), map(_row, found), empty="Nothing was changed by a call."
    )


def _row(entry: AuditEntry) -> tuple[object, ...]:
    about = ", ".join(f"{key} {value}" for key, value in entry.subjects.items())
    called = entry.method.rpartition("/")[2]
    return (moment(entry.time), _name(entry.caller), entry.caller.role, called, about, entry.code)


def _name(caller: Caller) -> str:
    return caller.name or "without a name"
