"""The option that names the instance's directory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_KEEP_OUT_OF_GIT = "# The instance's own files: database, outputs, logs.\n*\n"


def home_option(function: F) -> F:
    """Adds --home."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        help="The instance's directory; by default HEADRACE_HOME, else .headrace here.",
    )(function)


def resolve_home(home: Path | None, *, create: bool = False) -> Path:
    """Returns the instance's directory, and names it to every process that is started from here.

    Raises:
        InvalidFileError: it is not there and must not be created, or cannot be.
    """
    from headrace_services.kit.config.instance import HOME_VARIABLE, find_home

    environ = dict(os.environ) if home is None else {HOME_VARIABLE: str(home)}
    is_default = not environ.get(HOME_VARIABLE)
    found = find_home(environ, create=create)
    ignored = found / ".gitignore"
    if create and is_default and not ignored.exists():
        ignored.write_text(_KEEP_OUT_OF_GIT)
    os.environ[HOME_VARIABLE] = str(found)
    return found
