"""`headrace instance`: what the instance file comes to."""

from __future__ import annotations

from pathlib import Path

import click

from headrace.cli import exit_codes
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json
from headrace.cli.output import console, write_fields, write_json, write_table
from headrace_services.dev.commands.home import home_option, resolve_home

_OBSTACLES = ("not available", "missing", "wrong")
_HEADINGS = ("Entry", "State", "Description")


@click.group(cls=LazyGroup)
def instance() -> None:
    """Show and check the instance file."""


@instance.command()
@home_option
@as_json
def info(home: Path | None, json_output: bool) -> None:
    """Show what the instance is configured to be; no secret is shown."""
    from headrace_services.kit.config import load_instance, resolve_report

    config = load_instance(resolve_home(home))
    lines = resolve_report(config)
    if json_output:
        return write_json({"home": str(config.home), "file": str(config.file or ""), "entries": lines})
    write_fields([("Home", config.home), ("File", config.file or "none: everything is a default")])
    write_fields(
        [
            ("Storage", _name(config.storage)),
            ("Runs", f"{config.run_queue.kind}, {_limit(config.run_queue.max_concurrent_runs)}"),
            ("Launcher", _name(config.run_launcher)),
            ("Step output", _name(config.compute_logs)),
            ("Gateway", config.services.gateway.listen),
            ("HTTP", config.services.web),
        ]
    )
    if lines:
        write_table(_HEADINGS, [(each.key, each.verdict, each.text) for each in lines], empty="")


@instance.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@home_option
@as_json
def check(file: Path | None, home: Path | None, json_output: bool) -> int:
    """Tell what each entry of an instance file comes to, and whether services could start with it.

    FILE is any instance file; by default that of the home. The exit status is 1 if services could not start.
    """
    from headrace_services.kit.config import load_instance, load_instance_file, resolve_report

    if file is not None and home is not None:
        raise click.UsageError("give FILE or --home, not both")
    config = load_instance(resolve_home(home)) if file is None else load_instance_file(file)
    lines = resolve_report(config)
    obstacles = [each for each in lines if each.verdict in _OBSTACLES]
    if json_output:
        write_json({"startable": not obstacles, "obstacles": obstacles, "entries": lines})
        return exit_codes.FAILED if obstacles else exit_codes.OK
    write_table(_HEADINGS, [(each.key, each.verdict, each.text) for each in lines], empty="Everything is a default.")
    named = config.file or config.home
    if not obstacles:
        console().print(f"{named}: services can start with it")
        return exit_codes.OK
    for each in obstacles:
        console().print(f"{named}: {each.key}: {each.text}", style="red")
    return exit_codes.FAILED


def _name(part: object) -> str:
    described = str(part)
    return type(part).__name__ if described.startswith(type(part).__name__) else described


def _limit(runs: int) -> str:
    return "any number at once" if runs < 0 else f"at most {runs} at once"
