"""Making one of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.errors import MergeConflictError


def merged(parts: Sequence[Mapping[str, Any]], what: str) -> dict[str, Any]:
    """One mapping of several that agree where they share a key.

    Args:
        parts: The mappings, one of each `Definitions` object.
        what: What they hold.

    Raises:
        MergeConflictError: two of them hold different things under one key.
    """
    result: dict[str, Any] = {}
    owners: dict[str, int] = {}
    for number, part in enumerate(parts):
        for name, value in part.items():
            if name in result and result[name] is not value and result[name] != value:
                raise MergeConflictError(
                    f"Definitions objects {owners[name]} and {number} have different {what} with same key {name!r}."
                )
            owners.setdefault(name, number)
            result[name] = value
    return result


def merged_executor(executors: Sequence[ExecutorDefinition | None]) -> ExecutorDefinition | None:
    """The one executor among them, if any.

    Args:
        executors: The executor of each `Definitions` object.

    Raises:
        MergeConflictError: two of them are different.
    """
    given = [(number, each) for number, each in enumerate(executors) if each is not None]
    for number, each in given[1:]:
        if each is not given[0][1] and each != given[0][1]:
            raise MergeConflictError(
                f"Definitions objects {given[0][0]} and {number} both have an executor: {given[0][1].name!r} and {each.name!r}."
            )
    return given[0][1] if given else None
