"""Holding runs back by rules of one's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """A run in the queue.

    Attributes:
        run_id: Its id.
        location_name: Its code location.
        priority: Higher goes first.
        tags: Its tags.
        pools: The pools of its steps.
    """

    run_id: str
    location_name: str
    priority: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
    pools: tuple[str, ...] = ()


class RunPolicy(ABC):
    """Holds runs back that all limits would let go; subclass it for rules of your own.

    The coordinator asks in the order of the queue, each time it looks at it: the answer must come at once, from what the
    policy has at hand.
    """

    @abstractmethod
    def refuse(self, run: WaitingRun) -> str:
        """Returns why a run must wait, for people; empty if it may go."""
