"""`headrace serve`: one or more services in a process of their own."""

from __future__ import annotations

from pathlib import Path

import click

from headrace.workspace import Workspace, WorkspaceFlags, load_workspace
from headrace_services.dev.commands.code_options import naming_code
from headrace_services.dev.commands.home import home_option, resolve_home
from headrace_services.dev.composition import SERVICE_NAMES, builds

# Those that call code locations must know where they are.
_CALL_LOCATIONS = {"coordinator", "scheduler", "launcher"}


@click.command()
@click.argument("services", nargs=-1, required=True, type=click.Choice(SERVICE_NAMES), metavar="SERVICE...")
@click.option("--listen", help="host:port or unix:path to take calls at, instead of the instance file's addresses.")
@click.option("--metrics", help="host:port to serve /metrics and /healthz at, instead of the instance file's.")
@click.option("--web", help="host:port at which the gateway serves JSON over HTTP, instead of the instance file's.")
@naming_code
@home_option
@click.option("--log-level", default="INFO", show_default=True, help="The least level of log lines.")
@click.option("--log-format", type=click.Choice(["human", "json"]), default="human", show_default=True)
def serve(
    services: tuple[str, ...],
    listen: str | None,
    metrics: str | None,
    web: str | None,
    files: tuple[str, ...],
    modules: tuple[str, ...],
    packages: tuple[str, ...],
    attribute: str,
    working_directory: str,
    workspaces: tuple[str, ...],
    grpc: tuple[str, ...],
    location_name: str,
    home: Path | None,
    log_level: str,
    log_format: str,
) -> None:
    """Start services: storage, coordinator, scheduler, launcher, gateway, one or more of them.

    Each listens where the instance file says, and finds the others there. Services that share a process talk to each
    other without the network. Every service may be started any number of times.
    """
    from headrace_services.kit.app import App, run_app
    from headrace_services.kit.config import check_startable, load_instance
    from headrace_services.kit.logging import configure_logging

    flags = WorkspaceFlags(files, modules, packages, attribute, working_directory, workspaces, grpc, location_name)
    configure_logging(log_format, log_level.upper())  # type: ignore[arg-type]
    found = resolve_home(home)
    instance = load_instance(found)
    check_startable(instance)
    addresses = [instance.services.of(name) for name in SERVICE_NAMES if name in services]
    listens = [listen] if listen else [each.listen for each in addresses]
    webs = [metrics] if metrics else [each.metrics for each in addresses if each.metrics]
    if "gateway" in services:
        webs.append(web or instance.services.web)
    run_app(
        App(
            instance,
            builds(services),
            listen=listens[0],
            more_listen=listens[1:],
            web_listen=list(dict.fromkeys(webs)),
            workspace=_workspace(flags, found) if _CALL_LOCATIONS & set(services) else None,
        )
    )


def _workspace(flags: WorkspaceFlags, home: Path) -> Workspace:
    """Returns the code locations; services that run apart do not start any, they call those that run."""
    from headrace.errors import InvalidFileError
    from headrace.workspace import GrpcOrigin

    workspace = load_workspace(flags, (home, Path.cwd()))
    for location in workspace.locations:
        if not isinstance(location.origin, GrpcOrigin):
            raise InvalidFileError(
                f"{workspace.file or 'the command line'}: code location {location.name!r} is named by its code, and "
                "`headrace serve` starts no code. Start it with `headrace codeloc serve` and name its address as a "
                "grpc_server"
            )
    return workspace
