"""Where the command line begins."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from headrace.cli import exit_codes
from headrace.cli.failures import report
from headrace.cli.lazy import LazyGroup, in_module
from headrace.cli.plugins import others, plugged_in
from headrace.version import version

_PACKAGE = "headrace.cli"
_COMMANDS = {
    "dev": plugged_in("dev", "Start everything on this machine."),
    "serve": plugged_in("serve", "Start one or more services."),
    "codeloc": plugged_in("codeloc", "Serve a code location."),
    "job": in_module(f"{_PACKAGE}.jobs:job", "List, show, launch and execute jobs."),
    "asset": in_module(f"{_PACKAGE}.assets:asset", "List, show, materialize and wipe assets."),
    "partition": in_module(f"{_PACKAGE}.partitions:partition", "List, add and delete keys of dynamic partitions."),
    "backfill": in_module(f"{_PACKAGE}.backfills:backfill", "Make many partitions; follow, cancel and retry that."),
    "run": in_module(f"{_PACKAGE}.runs:run", "List, follow, explain, cancel and retry runs; read their logs."),
    "pool": in_module(f"{_PACKAGE}.pools:pool", "Show pools and set how many of their steps are executed at once."),
    "schedule": in_module(f"{_PACKAGE}.schedules:schedule", "List, start, stop, preview and trigger schedules."),
    "sensor": in_module(f"{_PACKAGE}.sensors:sensor", "List, start, stop, preview and trigger sensors."),
    "location": in_module(f"{_PACKAGE}.locations:location", "List and reload code locations."),
    "access": in_module(f"{_PACKAGE}.access:access", "Show who you are, and who changed what."),
    "instance": plugged_in("instance", "Show and check the instance file."),
    "celery": plugged_in("celery", "Start workers of Celery that execute runs and steps."),
    "definitions": plugged_in("definitions", "Check definitions without running anything."),
}


def _show_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked or ctx.resilient_parsing:
        return
    click.echo(f"headrace {version()}")
    ctx.exit()


@click.group(
    cls=LazyGroup,
    lazy=_COMMANDS | others(set(_COMMANDS)),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=exit_codes.EXPLANATION,
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
def root() -> None:
    """Headrace: a data orchestrator built from gRPC services.

    Commands that talk to a running Headrace find it at --target, else at HEADRACE_TARGET, else at 127.0.0.1:4270.
    With --json they write one JSON document, or one per line where there is a stream of them.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status; errors are told on standard error, without a traceback."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        result = root.main(args=arguments, prog_name="headrace", standalone_mode=False)
    except BrokenPipeError:
        # Whoever read the output has seen enough. The interpreter must not try to write the rest at its end.
        sys.stdout = None
        return exit_codes.OK
    except (Exception, KeyboardInterrupt) as error:
        return report(error, json_output="--json" in arguments)
    return result if isinstance(result, int) else exit_codes.OK


def main() -> None:
    """Is what `headrace` on the command line calls."""
    sys.exit(run())


if __name__ == "__main__":
    main()
