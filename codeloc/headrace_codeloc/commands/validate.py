"""`headrace definitions`: check definitions without running anything."""

from __future__ import annotations

from typing import Any

import click

from headrace.cli import exit_codes
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json
from headrace.cli.output import console, write_json
from headrace_codeloc.commands.code import CodeLoadError, load, naming_code, source_of
from headrace_codeloc.options import CodeSource


@click.group(cls=LazyGroup)
def definitions() -> None:
    """Check definitions without running anything."""


@definitions.command()
@naming_code
@click.option("-w", "--workspace", "workspaces", multiple=True, help="A file that lists code locations.")
@as_json
def validate(
    python_file: str,
    module: str,
    package: str,
    attribute: str,
    working_directory: str,
    workspaces: tuple[str, ...],
    json_output: bool,
) -> int:
    """Load code and check that what it defines fits together; the exit status is 1 if it does not.

    Without -f or -m, the code locations that -w, or headrace.yaml or workspace.yaml of this directory lists are checked, each
    in its own environment; those that only have an address are left out.
    """
    source = source_of(python_file, module, package, attribute, working_directory)
    results = {str(source): _check(source)} if source else _check_workspace(workspaces)
    if json_output:
        write_json(next(iter(results.values())) if source else results)
    else:
        for name, result in results.items():
            _tell(name, result)
    return exit_codes.OK if all(result["valid"] for result in results.values()) else exit_codes.FAILED


def _check(source: CodeSource) -> dict[str, Any]:
    try:
        found = load(source).definitions.resolved
    except CodeLoadError as error:
        return {"valid": False, "problem": error.message}
    return {
        "valid": True,
        "jobs": sum(not name.startswith("__") for name in found.job_names),
        "assets": len(found.asset_graph.keys),
        "schedules": len(found.schedules),
        "sensors": len(found.sensors),
    }


def _check_workspace(workspaces: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    from headrace.workspace import PythonOrigin, WorkspaceFlags, load_workspace
    from headrace_codeloc.commands.elsewhere import check_elsewhere

    workspace = load_workspace(WorkspaceFlags(workspaces=workspaces))
    return {
        location.name: check_elsewhere(location.origin)
        for location in workspace.locations
        if isinstance(location.origin, PythonOrigin)
    }


def _tell(name: str, result: dict[str, Any]) -> None:
    if result["valid"]:
        counts = ", ".join(f"{number} {noun}" for noun, number in result.items() if noun != "valid")
        console().print(f"{name}: fits together: {counts}")
    else:
        # What does not load begins with its own file and line.
        where = "" if result["problem"].startswith(name) else f"{name}: "
        click.echo(where + result["problem"], err=True)
