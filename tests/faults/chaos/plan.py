"""When to kill what, decided by a seed before anything begins."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill.

    Attributes:
        pause: Seconds after the one before.
        kind: The kind of process.
    """

    pause: float
    kind: str


def plan_kills(seed: int, count: int, kinds: Sequence[str], shortest: float, longest: float) -> list[Kill]:
    """Returns a plan in which every kind has its turn before chance alone decides."""
    chance = random.Random(seed)
    order = list(kinds)
    chance.shuffle(order)
    order += [chance.choice(kinds) for _ in range(count - len(order))]
    return [Kill(chance.uniform(shortest, longest), kind) for kind in order]
