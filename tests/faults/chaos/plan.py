"""When to break what, decided by a seed before anything begins."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One fault.

    Attributes:
        pause: Seconds after the one before.
        kind: The kind of process.
        frozen: For how many seconds it stands still; 0 if it is killed.
    """

    pause: float
    kind: str
    frozen: float = 0.0


def plan_hits(
    seed: int,
    count: int,
    kinds: Sequence[str],
    pauses: tuple[float, float],
    freezable: Sequence[str] = (),
    freezes: tuple[float, float] = (0.0, 0.0),
) -> list[Hit]:
    """Returns a plan in which every kind is killed once before chance alone decides.

    Args:
        seed: The seed.
        count: How many hits.
        kinds: What may be killed; a kind that is named twice is hit twice as often.
        pauses: The shortest and the longest time between two hits.
        freezable: What may be frozen instead.
        freezes: The shortest and the longest time for which it is.
    """
    chance = random.Random(seed)
    order = [(kind, 0.0) for kind in kinds]
    chance.shuffle(order)
    for _ in range(count - len(order)):
        kind = chance.choice(kinds)
        freeze = kind in freezable and chance.random() < _SHARE_OF_FREEZES
        order.append((kind, chance.uniform(*freezes) if freeze else 0.0))
    return [Hit(chance.uniform(*pauses), kind, frozen) for kind, frozen in order[:count]]


_SHARE_OF_FREEZES = 0.35
