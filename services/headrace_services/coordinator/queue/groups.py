"""Groups of queued runs that wait for the same limits. Pure: no I/O, no protobuf.

A decision that holds one run of a group back holds all of them back, so that a reader of the queue can leave the group
out and see what is behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from headrace_services.coordinator.queue.deciding import Limits, QueuedRun, Wait, WaitReason

# What all runs of a group share: the other reasons are of single runs, or of the whole queue.
_SHARED = frozenset({WaitReason.LOCATION, WaitReason.TAG_LIMIT, WaitReason.POOL})


def group_of(run: QueuedRun, limits: Limits) -> str:
    """Returns the group that a run belongs to under these limits; under others it has another name."""
    tags = sorted({(limit.key, run.tags[limit.key]) for limit in limits.tag_limits if limit.key in run.tags})
    pools = sorted(run.pools if limits.pools.by_run else run.start_pools)
    said = (run.location_name, tags, pools, [str(limit) for limit in limits.tag_limits], limits.pools.by_run)
    return blake2b(repr(said).encode(), digest_size=12).hexdigest()


def held_groups(queued: Iterable[QueuedRun], waiting: Mapping[str, Wait], limits: Limits) -> set[str]:
    """Returns the groups of which no run can start.

    A run that was stored under other limits has a group of its time, which says nothing any more.
    """
    return {
        run.group
        for run in queued
        if run.group and run.run_id in waiting and waiting[run.run_id].reason in _SHARED
        if group_of(run, limits) == run.group
    }
