"""The pools of a job's steps."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.definitions.graphs.structure import GraphStructure
from headrace.execute.planning.flatten import FanIn, Feed, OpOutput, flatten


@dataclass(frozen=True, slots=True)
class JobPools:
    """The pools of a job.

    Attributes:
        all: Of all its steps, sorted.
        first: Of the steps that a run begins with, sorted; empty if one of these is in none.
    """

    all: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def pools_of(graph: GraphStructure) -> JobPools:
    """Returns the pools of a job's graph."""
    named = {op.pool for _, op in graph.iterate_ops() if op.pool}
    if not named:
        return JobPools()
    first = {flat.op.pool for flat in flatten(graph) if not any(map(_is_fed, flat.feeds.values()))}
    return JobPools(tuple(sorted(named)), tuple(sorted(pool for pool in first if pool)) if None not in first else ())


def _is_fed(feed: Feed | None) -> bool:
    if isinstance(feed, FanIn):
        return any(map(_is_fed, feed.parts))
    return isinstance(feed, OpOutput)
