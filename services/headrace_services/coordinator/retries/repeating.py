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
        assets: The assets that each step was to make.
        made: The assets that were materialized.
        unsound: The assets of which a check failed as an error.
    """

    planned: Mapping[str, Sequence[str]] = field(default_factory=dict)
    succeeded: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    assets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    unsound: set[str] = field(default_factory=set)


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


def assets_to_repeat(history: History) -> list[str]:
    """Returns the assets that were not made, or that a check found wrong, and all that are below them.

    A step makes all of its assets again: whether it could make some of them only is not known here.
    """
    repeated: list[str] = []
    again: set[str] = set()
    for step, above in history.planned.items():
        assets = history.assets.get(step, ())
        is_wrong = any(key not in history.made or key in history.unsound for key in assets)
        # A step without assets passes on what is above it.
        if is_wrong or again.intersection(above):
            repeated += assets
            again.add(step)
    return repeated
