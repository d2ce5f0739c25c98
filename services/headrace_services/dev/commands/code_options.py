"""The options that name code locations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def naming_code(function: F) -> F:
    """Adds -f, -m, --package-name, -a, -d, -w, --location-name and --grpc-server."""
    options = (
        click.option("-f", "--python-file", "files", multiple=True, help="A Python file with definitions."),
        click.option("-m", "--module-name", "modules", multiple=True, help="A module with definitions."),
        click.option("--package-name", "packages", multiple=True, help="An installed package with definitions."),
        click.option("-a", "--attribute", default="", help="The variable that holds the definitions."),
        click.option("-d", "--working-directory", default="", help="Where the code runs and imports from."),
        click.option("-w", "--workspace", "workspaces", multiple=True, help="A file that lists code locations."),
        click.option("--grpc-server", "grpc", multiple=True, metavar="HOST:PORT", help="A location that runs already."),
        click.option("--location-name", default="", help="The name of the only location."),
    )
    for option in reversed(options):
        function = option(function)
    return function
