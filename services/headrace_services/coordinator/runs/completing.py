"""Making a run complete: what its job adds, and what its tags mean. Pure: no I/O."""

from __future__ import annotations

from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import InvalidArgumentError
from headrace_services.coordinator.queue.deciding import Limits
from headrace_services.coordinator.queue.groups import group_of
from headrace_services.coordinator.queue.messages import queued_run
from headrace_services.coordinator.runs.planning import Pools
from headrace_services.coordinator.runs.tags import (
    PARTITION_TAG,
    check_tags,
    max_runtime,
    priority,
    tag_messages,
    tags_of,
)
from headrace_services.coordinator.runs.targets import Target

_MAX_PAYLOAD_BYTES = 256 * 1024


def complete(run: Run, run_id: str, target: Target) -> Run:
    """Returns `run` with all that a stored run needs.

    Raises:
        InvalidArgumentError: a tag or the configuration is not as it must be.
    """
    tags = {**tags_of(target.job.tags), **_partition_tags(run), **tags_of(run.tags)}
    check_tags(tags)
    _check_payload(run)
    finished = Run()
    finished.CopyFrom(run)
    finished.run_id = run_id
    finished.location_name = target.entry.name
    finished.job_name = target.job.name
    finished.root_run_id = run.root_run_id or run_id
    finished.priority = run.priority or priority(tags)
    del finished.tags[:]
    finished.tags.extend(tag_messages(tags))
    runtime = max_runtime(tags)
    if runtime is not None:
        finished.max_runtime.FromSeconds(runtime)
    return finished


def place(run: Run, pools: Pools, limits: Limits) -> None:
    """Fills in what decisions about the queue look at."""
    run.pools[:], run.start_pools[:] = pools.all, pools.first
    run.queue_group = group_of(queued_run(run), limits)


def _partition_tags(run: Run) -> dict[str, str]:
    """The tag by which runs of a partition are found, limited and counted."""
    return {PARTITION_TAG: run.partition_key} if run.partition_key else {}


def _check_payload(run: Run) -> None:
    if not run.HasField("run_config"):
        return
    size = run.run_config.ByteSize()
    if size > _MAX_PAYLOAD_BYTES:
        raise InvalidArgumentError(
            violations={"run_config": f"has {size} bytes, at most {_MAX_PAYLOAD_BYTES} fit: pass a path to it instead"}
        )
    media_type = run.run_config.media_type
    if media_type != "application/json":
        raise InvalidArgumentError(violations={"run_config": f"is {media_type!r}, must be 'application/json'"})
