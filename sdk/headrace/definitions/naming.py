"""Names of definitions: what they may look like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from headrace.errors import InvalidDefinitionError

_NAME = re.compile(r"^[A-Za-z0-9_]+$")
_POOL = re.compile(r"^[\w\-/:.|,@#+=]+$")
# Names that would be taken for a section of run config or for a value that is always there.
_RESERVED = frozenset(
    {
        "context",
        "conf",
        "config",
        "meta",
        "arg_dict",
        "dict",
        "input_arg_dict",
        "output_arg_dict",
        "int",
        "str",
        "float",
        "bool",
        "input",
        "output",
        "type",
    }
)


def check_name(name: object, what: str) -> str:
    """Returns the name if it is one: letters, digits and underscores, and no reserved word."""
    if not isinstance(name, str) or not _NAME.match(name):
        raise InvalidDefinitionError(f"{what}: {name!r} is not a valid name; use letters, digits and underscores.")
    if name in _RESERVED:
        raise InvalidDefinitionError(f'{what}: "{name}" is not a valid name, as it is reserved; choose another one.')
    return name


def check_pool(pool: str | None, what: str) -> str | None:
    """Returns the name of a pool if it is one: no spaces, nothing that cannot be seen."""
    if pool is not None and (not isinstance(pool, str) or not _POOL.match(pool)):
        raise InvalidDefinitionError(
            f"{what}: {pool!r} is no name of a pool; use letters, digits, and any of _ - / : . | , but no spaces."
        )
    return pool


def listing(names: Sequence[str]) -> str:
    """Names as a message lists them."""
    return ", ".join(repr(name) for name in names) or "none"
