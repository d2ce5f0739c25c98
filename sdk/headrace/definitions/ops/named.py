"""Inputs and outputs together with their names, as a list of them needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT, Out


@dataclass(frozen=True)
class NamedIn(In):
    """An input and its name."""

    name: str = ""

    @staticmethod
    def of(name: str, each: In) -> NamedIn:
        """The input under a name."""
        return NamedIn(**{**_values(each), "dagster_type": each.type}, name=name)


@dataclass(frozen=True)
class NamedOut(Out):
    """An output and its name."""

    name: str = DEFAULT_OUTPUT
    dynamic: bool = False

    @staticmethod
    def of(name: str, out: Out) -> NamedOut:
        """The output under a name."""
        return NamedOut(**{**_values(out), "dagster_type": out.type}, name=name, dynamic=out.is_dynamic)

    @property
    def is_dynamic(self) -> bool:
        """Whether the op may produce any number of values for it, each under a mapping key."""
        return self.dynamic

    @property
    def optional(self) -> bool:
        """Whether it may be left out."""
        return not self.is_required


def _values(each: In | Out) -> Mapping[str, Any]:
    return {field.name: getattr(each, field.name) for field in fields(each)}
