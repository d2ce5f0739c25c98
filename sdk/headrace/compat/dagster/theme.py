"""How the table of names is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Theme:
    """Dagster's names on one subject, except those that Headrace has under the same name.

    Attributes:
        title: The subject.
        renamed: Dagster's name → ours in `headrace`, or `module:name` for what exists for compatibility alone.
        not_yet: Name → what to use until Headrace has it.
        never: Name → why Headrace will not have it, and what to use instead.
    """

    title: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    not_yet: Mapping[str, str] = field(default_factory=dict)
    never: Mapping[str, str] = field(default_factory=dict)
