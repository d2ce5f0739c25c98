"""`headrace definitions`: check definitions without running anything."""

from __future__ import annotations

import click

from headrace.cli import exit_codes
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json
from headrace.cli.output import console, write_json
from headrace_codeloc.commands.code import CodeLoadError, load, naming_code, source_of


@click.group(cls=LazyGroup)
def definitions() -> None:
    """Check definitions without running anything."""


@definitions.command()
@naming_code
@as_json
def validate(
    python_file: str, module: str, package: str, attribute: str, working_directory: str, json_output: bool
) -> int:
    """Load code and check that what it defines fits together; the exit status is 1 if it does not.

    Without -f or -m, every code location that headrace.yaml or workspace.yaml of this directory lists is checked, as far as
    it runs in this environment.
    """
    source = source_of(python_file, module, package, attribute, working_directory)
    if source is None:
        raise click.UsageError("name the code with -f FILE, -m MODULE or --package-name PACKAGE")
    try:
        found = load(source).definitions.resolved
    except CodeLoadError as error:
        if not json_output:
            raise
        write_json({"valid": False, "problem": error.message})
        return exit_codes.FAILED
    counts = {
        "jobs": sum(not name.startswith("__") for name in found.job_names),
        "assets": len(found.asset_graph.keys),
        "schedules": len(found.schedules),
        "sensors": len(found.sensors),
    }
    if json_output:
        write_json({"valid": True, **counts})
    else:
        console().print(f"{source}: fits together: " + ", ".join(f"{number} {noun}" for noun, number in counts.items()))
    return exit_codes.OK
