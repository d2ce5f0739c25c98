"""PrepareRuns: make runs complete for a tick that will store them."""

from __future__ import annotations

import asyncio

from headrace.api.coordinator.v1.coordinator_service_pb2 import PreparedRun, PrepareRunsRequest, PrepareRunsResponse
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import HeadraceError, InvalidArgumentError, UnavailableError
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.operations.submit_run import prepared

_MAX_RUNS = 1_000
# A location plans one run after the other; more questions at once would only wait there.
_CHECKS_AT_ONCE = 8


async def prepare_runs(request: PrepareRunsRequest, coordinator: Coordinator) -> PrepareRunsResponse:
    """Checks each run like SubmitRun; what is wrong with one is in its answer.

    Raises:
        UnavailableError: a location cannot be asked now.
    """
    if len(request.runs) > _MAX_RUNS:
        raise InvalidArgumentError(violations={"runs": f"{len(request.runs)} are too many, at most {_MAX_RUNS} fit"})
    checks = asyncio.Semaphore(_CHECKS_AT_ONCE)

    async def prepare(run: Run) -> PreparedRun:
        async with checks:
            try:
                run_id = run.run_id or coordinator.ids.uuid7()
                return PreparedRun(run=await prepared(run, run_id, coordinator, request.partition_changes))
            except UnavailableError:
                # Nothing is wrong with the run: the same question may be answered later.
                raise
            except HeadraceError as error:
                return PreparedRun(problem=str(error))

    if len(request.runs) == 1:
        return PrepareRunsResponse(runs=[await prepare(request.runs[0])])
    return PrepareRunsResponse(runs=await asyncio.gather(*map(prepare, request.runs)))
