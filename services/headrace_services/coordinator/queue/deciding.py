"""Which queued runs may start now, and why the others wait. Pure: no I/O, no clock, no protobuf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from headrace_services.kit.config.model import TagLimit

Tags = Mapping[str, str]


class WaitReason(str, Enum):
    """What a run waits for."""

    RUN_LIMIT = "run_limit"
    TAG_LIMIT = "tag_limit"
    POOL = "pool"
    LOCATION = "location"
    POLICY = "policy"
    TURN = "turn"
    DELAY = "delay"
    WORKER = "worker"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Wait:
    """Why one run waits, for programs and for people.

    Attributes:
        name: The tag or pool that is limited, or the location.
        value: The tag's value, where the limit is on one value.
        limit: The limit.
        used: How much of it is in use.
    """

    reason: WaitReason
    message: str
    name: str = ""
    value: str = ""
    limit: int | None = None
    used: int | None = None


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits.

    Attributes:
        run_id: Its id.
        location_name: The location whose code it runs.
        priority: Higher goes first.
        age_key: Sorts older runs first.
        tags: What tag limits look at.
        pools: The pools of its steps.
        start_pools: The pools of the steps it begins with; empty if one of them is in none.
        group: The group it was stored with.
    """

    run_id: str
    location_name: str
    priority: int
    age_key: tuple[int, int]
    tags: Tags
    pools: tuple[str, ...] = ()
    start_pools: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class ActiveRun:
    """A run in progress.

    Attributes:
        tags: What tag limits look at.
        pools: The pools of its steps.
        start_pools: The pools of its first steps, as long as none of them can have claimed a slot.
    """

    tags: Tags = field(default_factory=dict)
    pools: tuple[str, ...] = ()
    start_pools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A pool as storage knows it.

    Attributes:
        limit: Its slots; None for any number.
        used: Steps that hold a slot or wait for one.
    """

    limit: int | None
    used: int = 0


@dataclass(frozen=True, slots=True)
class PoolRules:
    """How pools hold runs back.

    Attributes:
        by_run: Whether a run holds a slot of each of its pools, instead of each step one of its own.
        buffer: Runs admitted beyond what the pools of their first steps have room for.
        default: Slots of a pool that nothing else is said about; None for any number.
        limits: Slots of single pools.
    """

    by_run: bool = False
    buffer: int = 0
    default: int | None = None
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """What runs in progress may use.

    Attributes:
        max_concurrent_runs: Runs at once; negative for no limit.
        tag_limits: Further limits by tag.
        pools: How pools hold runs back.
        batch: Runs admitted by one decision.
    """

    max_concurrent_runs: int
    tag_limits: tuple[TagLimit, ...] = ()
    pools: PoolRules = field(default_factory=PoolRules)
    batch: int = 100


@dataclass(frozen=True, slots=True)
class Decision:
    """Who goes and who stays.

    Attributes:
        admitted: Ids in the order in which they are to start.
        waiting: Why each of the others waits.
    """

    admitted: tuple[str, ...]
    waiting: Mapping[str, Wait]


Refusal = Callable[[QueuedRun], str]
"""Says why a run must wait; empty if it need not."""


def refuse_nothing(_: QueuedRun) -> str:
    """Is the policy of who has none."""
    return ""


class Slots:
    """What is in use of each limit, and what a run would have to wait for."""

    def __init__(
        self,
        limits: Limits,
        active: Iterable[ActiveRun],
        unavailable: Callable[[str], str],
        pools: Mapping[str, PoolUse] = MappingProxyType({}),
        refuse: Refusal = refuse_nothing,
    ) -> None:
        """Counts what runs in progress use; see `decide` for the arguments."""
        self._limits = limits
        self._unavailable = unavailable
        self._refuse = refuse
        self._pools = pools
        self._runs = 0
        # One counter per limit, or per limit and value where every value has a limit of its own.
        self._by_tag: dict[tuple[int, str], int] = {}
        self._by_pool = {} if limits.pools.by_run else {name: use.used for name, use in pools.items()}
        for run in active:
            self.take(run)

    def obstacle(self, run: QueuedRun) -> Wait | None:
        """Returns what keeps a run from starting now."""
        return self._run_limit() or self._location(run) or self._tag(run) or self._pool(run) or self._policy(run)

    def take(self, run: ActiveRun | QueuedRun) -> None:
        """Counts a run as in progress."""
        self._runs += 1
        for index, limit in self._concerned(run.tags):
            slot = _slot(index, limit, run.tags)
            self._by_tag[slot] = self._by_tag.get(slot, 0) + 1
        for pool in run.pools if self._limits.pools.by_run else run.start_pools:
            self._by_pool[pool] = self._by_pool.get(pool, 0) + 1

    def _run_limit(self) -> Wait | None:
        most = self._limits.max_concurrent_runs
        if not 0 <= most <= self._runs:
            return None
        message = f"{self._runs} runs are in progress, max_concurrent_runs is {most}"
        return Wait(WaitReason.RUN_LIMIT, message, limit=most, used=self._runs)

    def _location(self, run: QueuedRun) -> Wait | None:
        problem = self._unavailable(run.location_name)
        message = f"code location {run.location_name!r} {problem}"
        return Wait(WaitReason.LOCATION, message, run.location_name) if problem else None

    def _tag(self, run: QueuedRun) -> Wait | None:
        for index, limit in self._concerned(run.tags):
            slot = _slot(index, limit, run.tags)
            used = self._by_tag.get(slot, 0)
            if used >= limit.limit:
                value = run.tags[limit.key] if slot[1] or limit.value is not None else ""
                shown = f"{limit.key}={value}" if value else limit.key
                message = f"{used} runs with the tag {shown} are in progress, its limit is {limit.limit}"
                return Wait(WaitReason.TAG_LIMIT, message, limit.key, value, limit.limit, used)
        return None

    def _pool(self, run: QueuedRun) -> Wait | None:
        rules = self._limits.pools
        full = [wait for pool in (run.pools if rules.by_run else run.start_pools) if (wait := self._full(pool))]
        if rules.by_run:
            return full[0] if full else None
        # While one of its first steps can start, the run gets on.
        return full[0] if full and len(full) == len(run.start_pools) else None

    def _full(self, pool: str) -> Wait | None:
        rules = self._limits.pools
        known = self._pools.get(pool)
        limit = known.limit if known else rules.limits.get(pool, rules.default)
        used = self._by_pool.get(pool, 0)
        room = rules.buffer if not rules.by_run else 0
        if limit is None or used < limit + room:
            return None
        who = "runs hold" if rules.by_run else "steps hold or await"
        message = f"{used} {who} slots of the pool {pool}, its limit is {limit}"
        return Wait(WaitReason.POOL, message, pool, limit=limit, used=used)

    def _policy(self, run: QueuedRun) -> Wait | None:
        refusal = self._refuse(run)
        return Wait(WaitReason.POLICY, refusal) if refusal else None

    def _concerned(self, tags: Tags) -> Iterable[tuple[int, TagLimit]]:
        for index, limit in enumerate(self._limits.tag_limits):
            if limit.key in tags and limit.value in (None, tags[limit.key]):
                yield index, limit


def decide(
    queued: Iterable[QueuedRun],
    active: Iterable[ActiveRun],
    limits: Limits,
    unavailable: Callable[[str], str],
    pools: Mapping[str, PoolUse] = MappingProxyType({}),
    refuse: Refusal = refuse_nothing,
) -> Decision:
    """Returns which runs may start: by priority, then by age; one that cannot start holds up none behind it.

    Args:
        queued: The runs that wait.
        active: The runs in progress.
        limits: What runs in progress may use.
        unavailable: Says why a location cannot run anything now; empty if it can.
        pools: The pools that are in use, or have a limit of their own.
        refuse: Says why a policy holds a run back; empty if none does.
    """
    slots = Slots(limits, active, unavailable, pools, refuse)
    admitted: list[str] = []
    waiting: dict[str, Wait] = {}
    for run in sorted(queued, key=lambda each: (-each.priority, each.age_key)):
        wait = slots.obstacle(run) or _batch_full(limits, len(admitted))
        if wait is None:
            slots.take(run)
            admitted.append(run.run_id)
        else:
            waiting[run.run_id] = wait
    return Decision(tuple(admitted), waiting)


def _batch_full(limits: Limits, admitted: int) -> Wait | None:
    return Wait(WaitReason.TURN, "goes next") if admitted >= limits.batch else None


def _slot(index: int, limit: TagLimit, tags: Tags) -> tuple[int, str]:
    return (index, tags[limit.key]) if limit.per_value else (index, "")
