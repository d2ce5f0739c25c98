"""Iterative walks over graphs; recursion would fail on chains of thousands."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def topological_order(upstream: Mapping[K, Iterable[K]]) -> list[K]:
    """Keys such that each comes after those upstream of it, otherwise in the order given.

    Keys on a cycle, and those downstream of one, are left out.
    """
    waiting = {key: {each for each in above if each in upstream} for key, above in upstream.items()}
    downstream: dict[K, list[K]] = {key: [] for key in upstream}
    for key, above in waiting.items():
        for each in above:
            downstream[each].append(key)
    missing = {key: len(above) for key, above in waiting.items()}
    ready = deque(key for key, count in missing.items() if count == 0)
    order = []
    while ready:
        key = ready.popleft()
        order.append(key)
        for below in downstream[key]:
            missing[below] -= 1
            if missing[below] == 0:
                ready.append(below)
    return order


def find_cycle(upstream: Mapping[K, Iterable[K]]) -> Sequence[K] | None:
    """The keys of one cycle, in the direction of flow, the first one repeated at the end; None if there is none."""
    ordered = set(topological_order(upstream))
    if len(ordered) == len(upstream):
        return None
    path: dict[K, None] = {}
    key = next(key for key in upstream if key not in ordered)
    # Every key that is left has an upstream key that is left, so walking upstream must come back to itself.
    while key not in path:
        path[key] = None
        key = next(above for above in upstream[key] if above in upstream and above not in ordered)
    walked = list(path)
    cycle = walked[walked.index(key) :]
    return [key, *reversed(cycle)]


def reachable(starts: Iterable[K], neighbours: Callable[[K], Iterable[K]], depth: int | None = None) -> Set[K]:
    """Everything that can be reached within so many steps, the starts included."""
    seen = set(starts)
    frontier = list(seen)
    steps = 0
    while frontier and (depth is None or steps < depth):
        frontier = [each for key in frontier for each in neighbours(key) if not (each in seen or seen.add(each))]  # type: ignore[func-returns-value]
        steps += 1
    return seen
