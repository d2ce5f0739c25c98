"""`headrace dev`: everything on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from headrace.workspace import WorkspaceFlags
from headrace_services.dev.commands.code_options import naming_code
from headrace_services.dev.commands.home import home_option, resolve_home


@click.command()
@naming_code
@click.option("-h", "--host", default="127.0.0.1", show_default=True, help="The interface to listen on.")
@click.option(
    "-p", "--port", "web_port", default=3000, show_default=True, help="Port of the console, JSON over HTTP and metrics."
)
@click.option("--grpc-port", default=4270, show_default=True, help="Port of gRPC; 0 takes a free one.")
@click.option("--dagster-compat", is_flag=True, help="Answer `import dagster` with Headrace in every location.")
@home_option
@click.option("--log-level", default="WARNING", show_default=True, help="The least level of log lines of services.")
@click.option("--log-format", type=click.Choice(["human", "json"]), default="human", show_default=True)
def dev(
    files: tuple[str, ...],
    modules: tuple[str, ...],
    packages: tuple[str, ...],
    attribute: str,
    working_directory: str,
    workspaces: tuple[str, ...],
    grpc: tuple[str, ...],
    location_name: str,
    host: str,
    web_port: int,
    grpc_port: int,
    dagster_compat: bool,
    home: Path | None,
    log_level: str,
    log_format: str,
) -> None:
    """Start everything on this machine: all services in one process, each code location in one of its own.

    Code locations are named here, or listed under load_from in headrace.yaml or workspace.yaml of this directory.
    """
    from headrace_services.dev.options import DevOptions
    from headrace_services.dev.server import run_dev

    flags = WorkspaceFlags(
        files, modules, packages, attribute, working_directory, workspaces, grpc, location_name, dagster_compat
    )
    options = DevOptions(flags, host, web_port, grpc_port, log_level=log_level.upper(), log_format=log_format)
    run_dev(options, resolve_home(home, create=True))
