"""Which steps of a finished run a retry repeats. Pure: no I/O, no protobuf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class History:
    """What became of a run's steps.

    Attributes:
        planned: The steps and what each waits for, in an order that respects it; the newest plan counts.
        succeeded: The steps that succeeded.
        skipped: The steps that will not be executed.
    """

    planned: Mapping[str, Sequence[str]] = field(default_factory=dict)
    succeeded: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)


def steps_to_repeat(history: History) -> list[str]:
    """Returns the planned steps that did not succeed, in their order.

    A step that was skipped because of an optional output is done, unless something above it is repeated: then the
    output may appear this time.
    """
    repeated: list[str] = []
    again: set[str] = set()
    for step, above in history.planned.items():
        if step in history.succeeded:
            continue
        if step in history.skipped and not again.intersection(above):
            continue
        repeated.append(step)
        again.add(step)
    return repeated
