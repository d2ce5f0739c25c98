"""What only a code location can say of a run: whether its configuration fits, and which steps it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import grpc

from headrace.api.codeloc.v1.code_location_service_pb2 import PlanRunRequest, PlanRunResponse
from headrace.api.types.v1.event_pb2 import PlannedStep
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_UNREACHABLE
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import (
    HeadraceError,
    InvalidArgumentError,
    LocationUnreachableError,
    UnavailableError,
    UnimplementedError,
)
from headrace.rpc.status import from_rpc_error
from headrace.suggestions import did_you_mean
from headrace_services.coordinator.runs.tags import PARTITION_TAGS
from headrace_services.coordinator.runs.targets import Target
from headrace_services.coordinator.stubs import code_location
from headrace_services.kit.service import Peers


@dataclass(frozen=True, slots=True)
class Pools:
    """The pools of a run's steps.

    Attributes:
        all: All of them.
        first: Those of the steps it begins with; empty if one of these is in none.
    """

    all: tuple[str, ...] = ()
    first: tuple[str, ...] = ()

    @classmethod
    def of_job(cls, job: JobDefinition) -> Pools:
        """Returns the pools of a job's run as it stands."""
        return cls(tuple(job.pools), tuple(job.start_pools))

    @classmethod
    def of_steps(cls, steps: Sequence[PlannedStep]) -> Pools:
        """Returns the pools of these steps."""
        here = {step.step_key for step in steps}
        first = {step.pool for step in steps if here.isdisjoint(step.depends_on)}
        return cls(tuple(sorted({step.pool for step in steps} - {""})), () if "" in first else tuple(sorted(first)))


def needs_plan(run: Run, target: Target) -> bool:
    """Tells whether only the location can say that a run is right; a run of a whole job as it stands is."""
    return bool(
        run.HasField("run_config")
        or target.job.config_required
        or run.asset_selection
        or run.check_selection
        or run.op_selection
        or run.step_keys
        or run.partition_key
        # Whether partitions are wanted: all assets of a location were nobody's idea of a job.
        or (target.job.name == target.snapshot.asset_job and target.snapshot.has_partitions)
        or any(tag.key in PARTITION_TAGS for tag in run.tags)
    )


async def plan_of(run: Run, target: Target, peers: Peers) -> PlanRunResponse:
    """Has the location plan a run: its steps, or what is wrong with its configuration.

    Raises:
        TargetNotFoundError: a selection names what is not there.
        LocationUnreachableError: the location does not answer.
    """
    request = PlanRunRequest(
        job_name=run.job_name,
        run_config=run.run_config if run.HasField("run_config") else None,
        asset_selection=run.asset_selection,
        check_selection=run.check_selection,
        op_selection=run.op_selection,
        partition_key=run.partition_key,
        tags=[tag for tag in run.tags if tag.key in PARTITION_TAGS],
        # A retry finds what its steps need in its parent, of which a plan knows nothing.
        step_keys=() if run.parent_run_id else run.step_keys,
    )
    entry = target.entry
    if entry.state == LOCATION_STATE_UNREACHABLE:
        raise _plan_failed(UnavailableError(entry.obstacle()), entry.name)
    try:
        return await code_location(peers.connect(entry.address)).PlanRun(request)
    except grpc.RpcError as error:
        raise _plan_failed(from_rpc_error(error, entry.address), entry.name) from None


async def check_plan(run: Run, target: Target, peers: Peers) -> Pools:
    """Has the location check a run's configuration and selections, and returns the pools of its steps.

    Raises:
        InvalidArgumentError: the configuration does not fit; one violation per wrong piece.
        TargetNotFoundError: a selection names what is not there.
        LocationUnreachableError: the location does not answer.
    """
    plan = await plan_of(run, target, peers)
    if plan.config_errors:
        raise InvalidArgumentError(
            violations={".".join(["run_config", *error.path]): error.message for error in plan.config_errors}
        )
    if run.parent_run_id:
        _check_steps(run.step_keys, [step.step_key for step in plan.steps])
    repeated = set(run.step_keys) if run.parent_run_id else set()
    return Pools.of_steps([step for step in plan.steps if not repeated or step.step_key in repeated])


def _check_steps(wanted: Iterable[str], planned: list[str]) -> None:
    for step in wanted:
        if step not in planned:
            raise InvalidArgumentError(
                violations={"step_keys": f"the job has no step {step!r} any more{did_you_mean(step, planned)}"}
            )


def _plan_failed(error: HeadraceError, location_name: str) -> HeadraceError:
    if isinstance(error, (UnavailableError, UnimplementedError)):
        return LocationUnreachableError(
            f"code location {location_name!r} cannot check the run: {error}", metadata={"location": location_name}
        )
    return error
