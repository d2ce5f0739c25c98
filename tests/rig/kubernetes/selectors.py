"""Label and field selectors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_LABEL = re.compile(r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$")


@dataclass(frozen=True)
class Selector:
    """What an object must have: labels, and fields."""

    labels: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, labels: str, fields: str) -> Selector:
        """Reads selectors as they stand in a query; only `=` and `!=` are known."""
        parts = [each for each in labels.split(",") if each]
        return cls(
            _pairs([each for each in parts if "!=" not in each]),
            _pairs([each.replace("!=", "=") for each in parts if "!=" in each]),
            _pairs([each for each in fields.split(",") if each]),
        )

    def matches(self, thing: dict[str, Any]) -> bool:
        """Tells whether an object is meant."""
        has = thing["metadata"].get("labels") or {}
        return (
            all(has.get(name) == value for name, value in self.labels.items())
            and all(has.get(name) != value for name, value in self.others.items())
            and all(_field(thing, path) == value for path, value in self.fields.items())
        )


def is_label_value(value: str) -> bool:
    """Tells whether an API server takes a value as a label's."""
    return len(value) <= 63 and bool(_LABEL.match(value))


def _pairs(parts: list[str]) -> dict[str, str]:
    found = {}
    for each in parts:
        name, _, value = each.partition("=")
        if not is_label_value(value) and "." not in name:
            raise ValueError(f"{value!r} is no value of a label")
        found[name] = value
    return found


def _field(thing: dict[str, Any], path: str) -> Any:
    for part in path.split("."):
        thing = (thing or {}).get(part, {})
    return thing
