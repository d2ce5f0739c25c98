"""Environment variables of containers, as users name them in configuration."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from headrace.errors import InvalidConfigError


def variables(env_vars: Iterable[str], environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns variables by their names.

    Args:
        env_vars: `NAME=value`, or `NAME` for one of the process that reads it.
        environ: The variables of that process, if not this one.

    Raises:
        InvalidConfigError: a variable is to be passed on that is not set here.
    """
    here = os.environ if environ is None else environ
    found = {}
    for each in env_vars:
        name, equals, value = each.partition("=")
        if not equals and name not in here:
            raise InvalidConfigError(f"env_vars names {name}, which is not set here: write {name}=value, or set it")
        found[name] = value if equals else here[name]
    return found
