"""Names of definitions: what they may look like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from headrace.errors import InvalidDefinitionError

_NAME = re.compile(r"^[A-Za-z0-9_]+$")
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
        raise InvalidDefinitionError(f"{what}: the name {name!r} is reserved; choose another one.")
    return name


def listing(names: Sequence[str]) -> str:
    """Names as a message lists them."""
    return ", ".join(repr(name) for name in names) or "none"
