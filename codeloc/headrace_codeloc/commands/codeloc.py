"""`headrace codeloc`, plugged into the SDK's command line."""

from __future__ import annotations

import sys

import click

from headrace.cli.lazy import LazyGroup


@click.group(cls=LazyGroup)
def codeloc() -> None:
    """Serve a code location, or execute one of its runs."""


@codeloc.command(add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.pass_context
def serve(ctx: click.Context) -> None:
    """Serve the definitions of one file, module or package; --help tells how."""
    from headrace_codeloc.main import main

    sys.exit(main(ctx.args))


@codeloc.command(add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.pass_context
def work(ctx: click.Context) -> None:
    """Execute one run that a launcher ordered, in a process of its own; --help tells how."""
    from headrace_codeloc.work import work as execute

    sys.exit(execute(ctx.args))
