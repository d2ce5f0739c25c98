"""Commands that are plugged in by the entry point group `headrace.commands`.

Code locations and services stand above this package and bring commands of their own this way; so may other
distributions. A name such as `job.execute` plugs a command into a group.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points

import click

from headrace.cli.lazy import LazyCommand
from headrace.errors import FailedPreconditionError

GROUP = "headrace.commands"


@cache
def plugged() -> dict[str, EntryPoint]:
    """Returns the entry points that plug commands in, by name."""
    return {found.name: found for found in entry_points(group=GROUP)}


def plugged_in(name: str, text: str) -> LazyCommand:
    """Returns a command that an entry point brings."""
    return LazyCommand(_loader(name), text)


def others(known: set[str]) -> dict[str, LazyCommand]:
    """Returns the commands that somebody else plugs in."""
    return {
        name: LazyCommand(_loader(name), f"from {found.value.partition(':')[0]}")
        for name, found in sorted(plugged().items())
        if name not in known and "." not in name
    }


def _loader(name: str) -> Callable[[], click.Command]:
    def load() -> click.Command:
        found = plugged().get(name)
        try:
            if found is None:
                raise ModuleNotFoundError(f"no distribution plugs in the command {name}")
            command: click.Command = found.load()
        except ModuleNotFoundError as error:
            if error.name and error.name.split(".")[0] == "headrace":
                raise
            raise FailedPreconditionError(
                f"`headrace {name.replace('.', ' ')}` needs what only the services extra brings ({error}); install headrace[services]"
            ) from error
        return command

    return load
