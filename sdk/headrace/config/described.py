"""Fields and types as people read them, and as they are told apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from headrace.config.issues import Path, at


def identity_of_fields(
    kind: str, fields: Mapping[str, Any], description: str | None, aliases: Mapping[str, str] | None = None
) -> str:
    """Tells fields from others, in whichever order they are given."""
    parts = [f"{name}={each.key}" for name, each in sorted(fields.items())]
    said = "\n".join(
        (*parts, str(description), *(f"{name}:{alias}" for name, alias in sorted((aliases or {}).items())))
    )
    return f"{kind}.{hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest()}"


def described_fields(fields: Mapping[str, Any]) -> str:
    """Fields as people read them: `{ host: String port?: Int }`."""
    parts = [
        f"{name}{'' if each.is_required else '?'}: {each.config_type.name}" for name, each in sorted(fields.items())
    ]
    return " ".join(("{", *parts, "}"))


def not_a(noun: str, expected: Any, value: Any, path: Path) -> str:
    """The message about a value that has another form than its type."""
    if value is None:
        return f'Value {at(path)} must not be None. Expected "{expected.name}"'
    return f'Value {at(path)} must be {noun}. Expected: "{expected.name}".'
