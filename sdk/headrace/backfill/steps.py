"""The next step of a backfill: which runs to ask for now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from headrace.automation.facts import Target
from headrace.automation.parts import Parts
from headrace.automation.run_requests import most_partitions_per_run, stretches
from headrace.automation.subset import EntitySubset, Value, joined, without
from headrace.automation.view import AssetGraphView
from headrace.backfill.cells import Cell, cells_of
from headrace.backfill.progress import EndedRun, Progress, Targets
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.partitioned_requests import PartitionedJob, with_partition_of
from headrace.definitions.automation.run_request import RunRequest
from headrace.execute.run_info import RANGE_END_TAGS, RANGE_START_TAGS


@dataclass(frozen=True)
class Counts:
    """How much there is of one asset.

    Attributes:
        target: Partitions to make.
        made: Those that were made.
        failed: Those whose runs failed, and those that cannot be made because of these.
        running: Those whose runs were asked for and are not over.
    """

    target: int
    made: int
    failed: int
    running: int


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        requests: The runs to ask for.
        progress: The progress with these.
        counts: How much there is of each asset.
        done: Whether all was made or failed: there will be no other step.
    """

    requests: Sequence[RunRequest]
    progress: Progress
    counts: Mapping[AssetKey, Counts]
    done: bool


def next_asset_step(
    view: AssetGraphView, targets: Targets, progress: Progress, ended: Sequence[EndedRun] = (), most_runs: int = 100
) -> Step:
    """What to ask for now, of a backfill of assets.

    An asset's partition is asked for when everything that it is made from was made, as far as the backfill makes it, or is
    made by the same run before it. What is made from something that failed is not asked for.

    Args:
        view: The asset graph now.
        targets: What is to be made.
        progress: How far it has come.
        ended: The runs that have ended since.
        most_runs: No more runs than these are asked for at once; the step after asks for others.
    """
    progress = progress.after(ended, targets)
    order = [key for key in view.asset_graph.topological_keys if key in targets]
    blocked = _blocked(view, targets, progress, order)
    now = _ready(view, targets, progress, blocked, order)
    cells = cells_of(now[key] for key in order if not now[key].is_empty)
    made_now = _Asked()
    for cell, target, request in islice(_cell_requests(view, cells), most_runs):
        made_now.add(cell, target, request)
    return _step(made_now.requests, progress.with_requested(made_now.values()), targets, blocked)


def next_job_step(
    job: PartitionedJob, target: EntitySubset, progress: Progress, ended: Sequence[EndedRun] = (), most_runs: int = 100
) -> Step:
    """What to ask for now, of a backfill of a job: a run for each partition, in their order.

    Args:
        job: The job.
        target: The partitions, under a key that stands for the job.
        progress: How far it has come.
        ended: The runs that have ended since.
        most_runs: No more runs than these are asked for at once.
    """
    assert isinstance(target.key, AssetKey)
    targets = {target.key: target}
    progress = progress.after(ended, targets)
    left = EntitySubset(target.key, _without(target.value, progress.requested.get(target.key)))
    made_now = _Asked()
    for key in islice(_keys(left), most_runs):
        request = with_partition_of(RunRequest(job_name=job.name, partition_key=key), job)
        made_now.add(Cell([target.key], left), key, request)
    return _step(made_now.requests, progress.with_requested(made_now.values()), targets, {})


def _blocked(
    view: AssetGraphView, targets: Targets, progress: Progress, order: Sequence[AssetKey]
) -> dict[AssetKey, EntitySubset]:
    """What cannot be made because something that it is made from failed."""
    blocked: dict[AssetKey, EntitySubset] = {}
    for key in order:
        found = view.get_empty_subset(key=key)
        for parent in view.parents(key):
            if parent in targets:
                lost = _subset(view, parent, progress.failed.get(parent))
                lost = lost | blocked[parent] if parent in blocked else lost
                found = found | view.downstream(lost & targets[parent], key)
        asked = _subset(view, key, progress.requested.get(key))
        blocked[key] = (found & targets[key]) - asked
    return blocked


def _ready(
    view: AssetGraphView,
    targets: Targets,
    progress: Progress,
    blocked: Mapping[AssetKey, EntitySubset],
    order: Sequence[AssetKey],
) -> dict[AssetKey, EntitySubset]:
    """What can be asked for now."""
    now: dict[AssetKey, EntitySubset] = {}
    for key in order:
        left = targets[key] - _subset(view, key, progress.requested.get(key)) - blocked[key]
        for parent in view.parents(key):
            if parent not in targets or left.is_empty or _makes_its_past_along(view, parent, key):
                continue
            missing = targets[parent] - _subset(view, parent, progress.made.get(parent))
            if parent != key and view.made_in_one_run(parent, key):
                missing = missing - now[parent]
            left = left - view.downstream(missing, key)
        now[key] = left
    return now


def _makes_its_past_along(view: AssetGraphView, parent: AssetKey, key: AssetKey) -> bool:
    """Whether an asset that is made from its own past makes all of it in one run."""
    return parent == key and most_partitions_per_run(view.asset_graph, key) is None


def _cell_requests(view: AssetGraphView, cells: Sequence[Cell]) -> Iterator[tuple[Cell, Target, RunRequest]]:
    for cell in cells:
        request = RunRequest(asset_selection=list(cell.keys))
        value = cell.subset.value
        if isinstance(value, bool):
            yield cell, None, request
            continue
        limits = [most_partitions_per_run(view.asset_graph, key) for key in cell.keys]
        most = min((limit for limit in limits if limit is not None), default=None)
        for stretch in stretches(value, most):
            if stretch.start == stretch.end:
                yield cell, stretch.start, replace(request, partition_key=stretch.start)
            else:
                tags = {RANGE_START_TAGS[0]: stretch.start, RANGE_END_TAGS[0]: stretch.end}
                yield cell, stretch, replace(request, tags=tags)


class _Asked:
    """What is asked for in one step."""

    def __init__(self) -> None:
        self.requests: list[RunRequest] = []
        self._parts: dict[AssetKey, Parts] = {}

    def add(self, cell: Cell, target: Target, request: RunRequest) -> None:
        self.requests.append(request)
        for key in cell.keys:
            part = self._parts.setdefault(key, Parts(cell.subset.partitions_def))
            if isinstance(target, str):
                part.add(target)
            else:
                part.add_target(target)

    def values(self) -> dict[AssetKey, Value]:
        return {key: part.value for key, part in self._parts.items()}


def _step(
    requests: Sequence[RunRequest],
    progress: Progress,
    targets: Targets,
    blocked: Mapping[AssetKey, EntitySubset],
) -> Step:
    counts, done = {}, True
    for key, target in targets.items():
        made, failed = progress.made.get(key, False), progress.failed.get(key, False)
        over = target - EntitySubset(key, _filled(target, made)) - EntitySubset(key, _filled(target, failed))
        waiting = over - blocked[key] if key in blocked else over
        asked = _filled(target, progress.requested.get(key, False))
        running = EntitySubset(key, asked) - EntitySubset(
            key, _filled(target, joined(_filled(target, made), _filled(target, failed)))
        )
        counts[key] = Counts(
            target.size,
            EntitySubset(key, _filled(target, made)).size,
            EntitySubset(key, _filled(target, failed)).size + (blocked[key].size if key in blocked else 0),
            running.size,
        )
        done = done and waiting.is_empty
    return Step(requests, progress, counts, done)


def _filled(target: EntitySubset, value: Value | None) -> Value:
    """The value; nothing of what is partitioned, where it says nothing."""
    if isinstance(target.value, bool):
        return bool(value) if isinstance(value, bool) else False
    return target.value - target.value if isinstance(value, bool) or value is None else value


def _subset(view: AssetGraphView, key: AssetKey, value: Value | None) -> EntitySubset:
    return view.get_empty_subset(key=key) if value is None else EntitySubset(key, value)


def _without(value: Value, taken: Value | None) -> Value:
    return value if taken is None else without(value, taken)


def _keys(subset: EntitySubset) -> Iterator[str]:
    return iter(()) if isinstance(subset.value, bool) else iter(subset.value.get_partition_keys())
