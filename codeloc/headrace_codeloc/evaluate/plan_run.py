"""Checking what a run would be given, and laying out its steps."""

from __future__ import annotations

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.types.v1.run_pb2 import Run
from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB
from headrace.errors import (
    InvalidArgumentError,
    InvalidConfigError,
    InvalidSubsetError,
    InvariantViolationError,
    TargetNotFoundError,
    UnknownNameError,
    UnmetExecutorRequirementsError,
)
from headrace.execute.frame import open_frame
from headrace.execute.planning.partitioned_run import require_partition
from headrace.execute.scheduling.kept_outputs import refuse_lost_outputs
from headrace.wire.plans import to_planned_steps
from headrace.wire.runs import to_run_spec
from headrace_codeloc.code.location import LoadedLocation


def plan_run(request: pb.PlanRunRequest, location: LoadedLocation) -> pb.PlanRunResponse:
    """Returns the steps, or what is wrong with the configuration."""
    job = location.job(request.job_name)
    run = Run(
        job_name=request.job_name,
        asset_selection=request.asset_selection,
        check_selection=request.check_selection,
        op_selection=request.op_selection,
        step_keys=request.step_keys,
        partition_key=request.partition_key,
        tags=request.tags,
    )
    if request.HasField("run_config"):
        run.run_config.CopyFrom(request.run_config)
    try:
        frame = open_frame(job, to_run_spec(run), emit=lambda _: None)
        refuse_lost_outputs(frame)
        if job.name == IMPLICIT_ASSET_JOB:
            require_partition(frame.job, frame.spec)
    except InvalidConfigError as error:
        return pb.PlanRunResponse(config_errors=_config_errors(error))
    except (InvalidSubsetError, UnknownNameError) as error:
        raise TargetNotFoundError(str(error), metadata={"kind": "selection", "name": request.job_name}) from error
    except UnmetExecutorRequirementsError as error:
        return pb.PlanRunResponse(config_errors=[pb.ConfigError(path=["execution"], message=str(error))])
    except InvariantViolationError as error:
        raise InvalidArgumentError(violations={"partition_key": str(error)}) from error
    return pb.PlanRunResponse(steps=to_planned_steps(frame.plan))


def _config_errors(error: InvalidConfigError) -> list[pb.ConfigError]:
    found = [pb.ConfigError(path=issue.path, message=issue.message) for issue in error.issues]
    return found or [pb.ConfigError(message=str(error))]
