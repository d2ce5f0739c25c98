"""Which queued runs may start now, and why the others wait. Pure: no I/O, no clock, no protobuf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from headrace_services.kit.config.model import TagLimit

Tags = Mapping[str, str]


class WaitReason(str, Enum):
    """Why a run waits."""

    RUN_LIMIT = "run_limit"
    TAG_LIMIT = "tag_limit"
    LOCATION = "location"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits.

    Attributes:
        run_id: Its id.
        location_name: The location whose code it runs.
        priority: Higher goes first.
        age_key: Sorts older runs first.
        tags: What tag limits look at.
    """

    run_id: str
    location_name: str
    priority: int
    age_key: tuple[int, int]
    tags: Tags


@dataclass(frozen=True, slots=True)
class Wait:
    """Why one run waits, for programs and for people."""

    reason: WaitReason
    message: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What runs in progress may use.

    Attributes:
        max_concurrent_runs: Runs at once; negative for no limit.
        tag_limits: Further limits by tag.
        batch: Runs admitted by one decision.
    """

    max_concurrent_runs: int
    tag_limits: tuple[TagLimit, ...] = ()
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


def decide(
    queued: Iterable[QueuedRun],
    active: Iterable[Tags],
    limits: Limits,
    unavailable: Callable[[str], str],
) -> Decision:
    """Returns which runs may start: by priority, then by age; one that cannot start holds up none behind it.

    Args:
        queued: The runs that wait.
        active: The tags of each run in progress.
        limits: What runs in progress may use.
        unavailable: Says why a location cannot run anything now; empty if it can.
    """
    slots = _Slots(limits, list(active))
    admitted: list[str] = []
    waiting: dict[str, Wait] = {}
    for run in sorted(queued, key=lambda each: (-each.priority, each.age_key)):
        wait = _location(run, unavailable) or slots.obstacle(run.tags) or _batch_full(limits, len(admitted))
        if wait is None:
            slots.take(run.tags)
            admitted.append(run.run_id)
        else:
            waiting[run.run_id] = wait
    return Decision(tuple(admitted), waiting)


def _batch_full(limits: Limits, admitted: int) -> Wait | None:
    return Wait(WaitReason.BATCH, "goes next") if admitted >= limits.batch else None


def _location(run: QueuedRun, unavailable: Callable[[str], str]) -> Wait | None:
    problem = unavailable(run.location_name)
    return Wait(WaitReason.LOCATION, f"code location {run.location_name!r} {problem}") if problem else None


class _Slots:
    """What is in use of each limit."""

    def __init__(self, limits: Limits, active: list[Tags]) -> None:
        self._limits = limits
        self._runs = 0
        # One counter key per limit, or per limit and value where every value has a limit of its own.
        self._used: Counter[tuple[int, str]] = Counter()
        for tags in active:
            self.take(tags)

    def obstacle(self, tags: Tags) -> Wait | None:
        most = self._limits.max_concurrent_runs
        if 0 <= most <= self._runs:
            return Wait(WaitReason.RUN_LIMIT, f"{self._runs} runs are in progress, max_concurrent_runs is {most}")
        for index, limit in self._concerned(tags):
            slot = _slot(index, limit, tags)
            if self._used[slot] >= limit.limit:
                shown = f"{limit.key}={tags[limit.key]}" if slot[1] or limit.value is not None else limit.key
                message = f"{self._used[slot]} runs with the tag {shown} are in progress, its limit is {limit.limit}"
                return Wait(WaitReason.TAG_LIMIT, message)
        return None

    def take(self, tags: Tags) -> None:
        self._runs += 1
        for index, limit in self._concerned(tags):
            self._used[_slot(index, limit, tags)] += 1

    def _concerned(self, tags: Tags) -> Iterable[tuple[int, TagLimit]]:
        for index, limit in enumerate(self._limits.tag_limits):
            if limit.key in tags and limit.value in (None, tags[limit.key]):
                yield index, limit


def _slot(index: int, limit: TagLimit, tags: Tags) -> tuple[int, str]:
    return (index, tags[limit.key]) if limit.per_value else (index, "")
