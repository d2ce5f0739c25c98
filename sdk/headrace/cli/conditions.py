"""What was found of automation conditions, as commands write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headrace.cli.output import console

if TYPE_CHECKING:
    from headrace.client.conditions import ConditionEvaluation


def write_conditions(conditions: Sequence[ConditionEvaluation]) -> None:
    """Writes each condition as a tree: what is true, and what is not."""
    for each in conditions:
        console().print(f"  {each.key}")
        _write(each, each.key, 2)


def _write(found: ConditionEvaluation, key: str, depth: int) -> None:
    # Where nothing before it is true, a part is not asked.
    sign = "yes" if found.true_count else "no " if found.candidate_count else "-  "
    whose = f" of {found.key}" if found.key != key else ""
    console().print(f"{'  ' * depth}{sign} {found.condition}{whose}{_counted(found)}", highlight=False)
    for part in found.parts:
        _write(part, found.key, depth + 1)


def _counted(found: ConditionEvaluation) -> str:
    if not found.partitions:
        return ""
    shown = ", ".join(found.partitions[:5]) + (", …" if len(found.partitions) > 5 else "")
    return f" ({found.true_count} of {found.candidate_count}: {shown})"
