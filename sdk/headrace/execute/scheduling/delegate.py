"""The step scheduling core: which step may start now, and what a step's end means for the others.

Pure: no clock, no I/O, no randomness of its own. Whoever runs the steps asks `next(now)`, starts what it is told, and
reports each end with `succeeded` or `failed`. Every executor shares this one core.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headrace.execute.planning.sources import Handle
from headrace.execute.scheduling.limits import TagLimit
from headrace.execute.scheduling.ready import ReadyQueue
from headrace.execute.scheduling.retries import RetryAsk, retry_wait
from headrace.execute.scheduling.slots import Ask

if TYPE_CHECKING:
    from headrace.definitions.ops.retries import RetryPolicy

_BEFORE_ALL = 2**40


@dataclass(frozen=True, slots=True)
class Need:
    """What one input waits for: all of `handles` decided, and at least one (or, unless `any_of`, each) produced."""

    handles: tuple[Handle, ...]
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class StepNode:
    """A step as the core sees it."""

    key: str
    needs: tuple[Need, ...] = ()
    priority: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None
    pool: str | None = None


@dataclass(frozen=True, slots=True)
class Launch:
    """An order to start an attempt of a step.

    Attributes:
        attempt: Its number, from 1.
        missing: The outputs among those the step could do without that were not produced.
        mapping_keys: The mapping keys of the dynamic outputs that are known; filled in by who runs the plan.
    """

    key: str
    attempt: int
    missing: frozenset[Handle] = frozenset()
    mapping_keys: Mapping[Handle, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skip:
    """A step that will never start, and the upstream steps that are the reason."""

    key: str
    upstream: tuple[str, ...]
    upstream_failed: bool


@dataclass(frozen=True, slots=True)
class Retry:
    """A further attempt, due at `at`."""

    at: float
    wait: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do now.

    Attributes:
        wake_at: When a retry is due, should nothing end before.
        asks: Steps that could start if they had a slot of their pool; whether they have is told with `granted`.
        releases: Steps that were granted a slot and have no use for it now.
    """

    launches: tuple[Launch, ...] = ()
    skips: tuple[Skip, ...] = ()
    wake_at: float | None = None
    asks: tuple[Ask, ...] = ()
    releases: tuple[str, ...] = ()


class Delegate:
    """Schedules the steps of one run."""

    def __init__(
        self,
        nodes: Iterable[StepNode],
        *,
        max_concurrent: int | None = None,
        tag_limits: Iterable[TagLimit] = (),
        retries_enabled: bool = True,
        needs_upstream_success: bool = True,
        random: Callable[[], float] = lambda: 0.5,
        pooled: bool = False,
    ) -> None:
        """Make the core of a run.

        Args:
            nodes: The steps.
            max_concurrent: How many may be in flight.
            tag_limits: How many with a tag may be.
            retries_enabled: Whether retry policies apply.
            needs_upstream_success: Whether a step waits for the steps upstream to succeed, or only for the outputs it needs.
            random: For the jitter of retries.
            pooled: Whether steps need slots of their pools.
        """
        self._nodes = {node.key: node for node in nodes}
        self._places = {key: place for place, key in enumerate(self._nodes)}
        self._max_concurrent = max_concurrent
        self._retries_enabled = retries_enabled
        self._needs_upstream_success = needs_upstream_success
        self._random = random
        self._attempts = dict.fromkeys(self._nodes, 0)
        self._produced: set[Handle] = set()
        self._failed: set[str] = set()
        self._barred: set[str] = set()
        self._settled: set[str] = set()
        self._in_flight: set[str] = set()
        self._pooled = pooled
        self._asked: set[str] = set()
        self._granted: set[str] = set()
        self._due: list[tuple[float, int, str]] = []
        self._ready = ReadyQueue(tag_limits)
        self._skips: list[Skip] = []
        self._open = len(self._nodes)
        self._cancelled = False
        self._dependents: dict[str, list[str]] = {key: [] for key in self._nodes}
        self._waiting_for: dict[str, int] = {}
        self._link(self._nodes)

    @property
    def done(self) -> bool:
        """Whether nothing is in flight and nothing will start any more."""
        return not self._in_flight and not self._skips and (self._cancelled or self._open == 0)

    @property
    def in_flight(self) -> frozenset[str]:
        """The steps handed out by `next` whose end was not reported."""
        return frozenset(self._in_flight)

    @property
    def failed_steps(self) -> frozenset[str]:
        """The steps that failed for good."""
        return frozenset(self._failed)

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def next(self, now: float) -> Turn:
        """Take what may start at `now`; each launch counts as in flight until its end is reported."""
        skips, self._skips = tuple(self._skips), []
        if self._cancelled:
            return Turn(skips=skips)
        while self._due and self._due[0][0] <= now:
            self._make_ready(heapq.heappop(self._due)[2])
        launches, asks = self._take_ready()
        # A slot is held by a step that runs, never by one that waits for something else.
        idle = tuple(sorted(self._granted - self._in_flight, key=self._places.__getitem__))
        self._granted.difference_update(idle)
        return Turn(launches, skips, self._due[0][0] if self._due else None, asks, idle)

    def granted(self, keys: Collection[str]) -> None:
        """Steps that were asked for have slots of their pools now."""
        for key in self._asked.intersection(keys):
            self._asked.remove(key)
            self._granted.add(key)
            self._make_ready(key)

    def succeeded(self, key: str, outputs: Collection[str]) -> None:
        """The attempt of `key` ended well and produced `outputs`."""
        self._land(key)
        self._produced.update((key, output) for output in outputs)
        self._settle(key)

    def failed(
        self,
        key: str,
        now: float,
        *,
        retryable: bool = True,
        asked: RetryAsk | None = None,
        outputs: Collection[str] = (),
    ) -> Retry | None:
        """The attempt of `key` failed, after it had produced `outputs`; returns the retry that follows, None if there is none."""
        self._land(key)
        node, attempt = self._nodes[key], self._attempts[key]
        wait = None
        if retryable and self._retries_enabled and not self._cancelled:
            wait = retry_wait(node.retry_policy, asked, retries_done=attempt - 1, random=self._random)
        if wait is None:
            self._failed.add(key)
            if self._needs_upstream_success:
                self._barred.add(key)
            else:
                self._produced.update((key, output) for output in outputs)
            self._settle(key)
            return None
        heapq.heappush(self._due, (now + wait, self._places[key], key))
        return Retry(now + wait, wait, attempt + 1)

    def interrupted(self, key: str) -> None:
        """The attempt of `key` was stopped by a cancel: it counts neither as failed nor as done."""
        self._land(key)

    def cancel(self) -> None:
        """Start nothing more; what is in flight is still to be reported."""
        self._cancelled = True
        self._due.clear()
        self._ready.clear()
        self._asked.clear()

    def replace(self, steps: Mapping[str, Sequence[StepNode]]) -> None:
        """Put other steps in the place of some that have not started, because something they need is still running.

        Args:
            steps: What each step is replaced by: nothing, itself with other needs, or several others.
        """
        for key in steps:
            for upstream in _upstream(self._nodes.pop(key)):
                self._dependents[upstream].remove(key)
            self._open -= 1
        added = {node.key: node for nodes in steps.values() for node in nodes}
        for key, nodes in steps.items():
            self._places.update(dict.fromkeys((node.key for node in nodes), self._places[key]))
        self._nodes.update(added)
        self._attempts.update(dict.fromkeys(added, 0))
        self._open += len(added)
        for key in added:
            self._dependents.setdefault(key, [])
        self._link(added)

    def _link(self, added: Collection[str]) -> None:
        for key in added:
            upstream = _upstream(self._nodes[key])
            unknown = upstream - self._nodes.keys()
            if unknown:
                raise ValueError(f"step {key!r} needs {sorted(unknown)}, not part of this plan")
            self._waiting_for[key] = len(upstream - self._settled)
            for step in upstream:
                self._dependents[step].append(key)
        for key in added:
            if self._waiting_for[key] == 0:
                self._make_ready(key)

    def _make_ready(self, key: str) -> None:
        node = self._nodes[key]
        priority = _BEFORE_ALL if key in self._granted else node.priority
        self._ready.push(key, priority=priority, place=self._places[key], tags=node.tags)

    def _take_ready(self) -> tuple[tuple[Launch, ...], tuple[Ask, ...]]:
        launches: list[Launch] = []
        asks: dict[str, Ask] = {}
        while self._max_concurrent is None or len(self._in_flight) + len(asks) < self._max_concurrent:
            key = self._ready.pop()
            if key is None:
                break
            node = self._nodes[key]
            if self._pooled and node.pool and key not in self._granted:
                asks[key] = Ask(key, node.pool, node.priority)
                continue
            self._in_flight.add(key)
            self._attempts[key] += 1
            launches.append(Launch(key, self._attempts[key], self._missing(node)))
        for key in asks:
            # Those that must wait for a slot keep no other from starting.
            self._ready.release(key)
        self._asked.update(asks)
        return tuple(launches), tuple(asks.values())

    def _missing(self, node: StepNode) -> frozenset[Handle]:
        handles = (handle for need in node.needs if need.any_of for handle in need.handles)
        return frozenset(handle for handle in handles if handle not in self._produced)

    def _land(self, key: str) -> None:
        if key not in self._in_flight:
            raise ValueError(f"step {key!r} is not in flight")
        self._in_flight.remove(key)
        self._granted.discard(key)
        self._ready.release(key)

    def _settle(self, first: str) -> None:
        """`first` is decided: find what its dependents become, and theirs, without recursion."""
        decided = [first]
        while decided:
            key = decided.pop()
            self._settled.add(key)
            self._open -= 1
            for dependent in self._dependents[key]:
                self._waiting_for[dependent] -= 1
                if self._waiting_for[dependent]:
                    continue
                skip = self._skip_reason(self._nodes[dependent])
                if skip is None:
                    self._make_ready(dependent)
                    continue
                if skip.upstream_failed:
                    self._barred.add(dependent)
                self._skips.append(skip)
                decided.append(dependent)

    def _skip_reason(self, node: StepNode) -> Skip | None:
        barred = {h[0] for need in node.needs for h in need.handles if h[0] in self._barred}
        if barred:
            return Skip(node.key, tuple(sorted(barred, key=self._places.__getitem__)), upstream_failed=True)
        for need in node.needs:
            missing = [handle for handle in need.handles if handle not in self._produced]
            if missing and (not need.any_of or len(missing) == len(need.handles)):
                upstream = tuple(dict.fromkeys(step for step, _ in missing))
                return Skip(node.key, upstream, upstream_failed=not self._failed.isdisjoint(upstream))
        return None


def _upstream(node: StepNode) -> set[str]:
    return {step for need in node.needs for step, _output in need.handles}
