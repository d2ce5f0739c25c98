"""CheckRun: say whether a run would be taken, and which steps it would have."""

from __future__ import annotations

from headrace.api.coordinator.v1.coordinator_service_pb2 import CheckRunRequest, CheckRunResponse
from headrace.api.types.v1.config_schema_pb2 import ConfigProblem
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.runs.completing import complete
from headrace_services.coordinator.runs.dynamic_keys import check_dynamic_keys
from headrace_services.coordinator.runs.planning import plan_of
from headrace_services.coordinator.runs.targets import resolve_when_known


async def check_run(request: CheckRunRequest, coordinator: Coordinator) -> CheckRunResponse:
    """Checks a run like SubmitRun, and always asks its location; what is wrong with its configuration is data."""
    target = await resolve_when_known(coordinator.registry, request.run, coordinator.clock)
    run = complete(request.run, request.run.run_id or coordinator.ids.uuid7(), target)
    await check_dynamic_keys(run, target, coordinator.storage, ())
    plan = await plan_of(run, target, coordinator.peers)
    problems = [ConfigProblem(path=error.path, message=error.message) for error in plan.config_errors]
    return CheckRunResponse(steps=() if problems else plan.steps, config_problems=problems)
