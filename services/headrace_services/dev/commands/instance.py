"""`headrace instance`: what the instance file comes to."""

from __future__ import annotations

from pathlib import Path

import click

from headrace.cli import exit_codes
from headrace.cli.lazy import LazyGroup
from headrace.cli.options import as_json
from headrace.cli.output import console, write_fields, write_json, write_table
from headrace_services.dev.commands.home import home_option, resolve_home


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
        write_table(
            ("Entry", "State", "Description"), [(each.key, each.verdict, each.text) for each in lines], empty=""
        )


@instance.command()
@home_option
@as_json
def check(home: Path | None, json_output: bool) -> int:
    """Tell whether services could start with this instance file; the exit status is 1 if not."""
    from headrace_services.kit.config import load_instance, resolve_report

    config = load_instance(resolve_home(home))
    obstacles = [each for each in resolve_report(config) if each.verdict in ("not available", "missing")]
    if json_output:
        write_json({"startable": not obstacles, "obstacles": obstacles})
    elif not obstacles:
        console().print(f"{config.file or config.home}: services can start with it")
    else:
        for each in obstacles:
            console().print(f"{config.file}: {each.key}: {each.text}", style="red")
    return exit_codes.FAILED if obstacles else exit_codes.OK


def _name(part: object) -> str:
    described = str(part)
    return type(part).__name__ if described.startswith(type(part).__name__) else described


def _limit(runs: int) -> str:
    return "any number at once" if runs < 0 else f"at most {runs} at once"
