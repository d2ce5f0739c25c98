"""The loop that looks after runs that do not get on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from headrace.api.storage.v1.outbox_service_pb2 import OutboxMessage, StopOrder
from headrace.api.storage.v1.run_lease_service_pb2 import OVERDUE_REASON_START, ListOverdueRunsRequest, OverdueRun
from headrace.api.storage.v1.run_store_service_pb2 import CommitTransitionRequest
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_SYSTEM, Failure
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import AbortedError, FailedPreconditionError, NotFoundError
from headrace.ids import Ids
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.durations import duration
from headrace_services.coordinator.locations import LocationRegistry
from headrace_services.coordinator.metrics import RunMetrics
from headrace_services.coordinator.runs.messages import wire_state
from headrace_services.coordinator.runs.tags import max_retries, tags_of
from headrace_services.coordinator.runs.transitions import (
    RUNTIME_EXCEEDED,
    START_FAILED,
    Cause,
    OverdueReason,
    RunState,
    Verdict,
    after_overdue,
    is_legal,
)
from headrace_services.coordinator.settings import CoordinatorSettings
from headrace_services.coordinator.stubs import Storage

logger = logging.getLogger(__name__)

_PAGE = 500
_AT_ONCE = 16


class MonitorLoop:
    """Finds overdue runs and gives each the state it deserves; the database has the last word on every one."""

    def __init__(
        self,
        settings: CoordinatorSettings,
        storage: Storage,
        registry: LocationRegistry,
        metrics: RunMetrics,
        ids: Ids,
        retry: Callable[[Run], Awaitable[Run | None]],
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._registry = registry
        self._metrics = metrics
        self._ids = ids
        self._retry = retry

    async def tick(self, now: datetime) -> float | None:
        """Looks after all runs that are overdue now."""
        for start_timeout in self._settings.start_timeouts:
            await self._look_after_all(start_timeout)
        return None

    async def _look_after_all(self, start_timeout: float) -> None:
        token = ""
        while True:
            with rpc_errors("storage"):
                page = await self._storage.leases.ListOverdueRuns(self._request(start_timeout, token))
            overdue = [each for each in page.overdue_runs if not self._may_yet_start(each, start_timeout)]
            for start in range(0, len(overdue), _AT_ONCE):
                await asyncio.gather(*map(self._look_after, overdue[start : start + _AT_ONCE]))
            token = page.next_page_token
            if not token:
                return

    def _may_yet_start(self, overdue: OverdueRun, start_timeout: float) -> bool:
        """Tells whether the launcher has more time than this; one that has said that nothing will come was heard before."""
        launcher = overdue.run.launcher_name
        return overdue.reason == OVERDUE_REASON_START and self._settings.unclaimed_by(launcher) > start_timeout

    def _request(self, start_timeout: float, token: str) -> ListOverdueRunsRequest:
        settings = self._settings
        return ListOverdueRunsRequest(
            start_timeout=duration(start_timeout),
            cancel_timeout=duration(settings.cancel_timeout_seconds),
            max_runtime=duration(settings.max_runtime_seconds),
            page_size=_PAGE,
            page_token=token,
        )

    async def _look_after(self, overdue: OverdueRun) -> None:
        verdict = self._verdict(overdue)
        if verdict is None:
            return
        run = overdue.run
        try:
            with rpc_errors("storage"):
                answer = await self._storage.runs.CommitTransition(await self._transition(run, verdict))
        except (AbortedError, FailedPreconditionError, NotFoundError):
            # The run has got on since it was listed: nothing to look after any more.
            return
        reason = OverdueReason(overdue.reason).name.lower()
        if not answer.repeated:
            self._metrics.overdue(reason, answer.run)
        logger.warning(
            "an overdue run was looked after",
            extra={"run_id": run.run_id, "reason": reason, "state": verdict.state.name, "detail": verdict.message},
        )

    def _verdict(self, overdue: OverdueRun) -> Verdict | None:
        run = overdue.run
        try:
            state, reason = RunState(run.state), OverdueReason(overdue.reason)
        except ValueError:
            # Of a newer storage; a newer coordinator will know what to do about it.
            return None
        attempts = self._settings.attempts(run.launcher_name, max_retries(tags_of(run.tags)))
        verdict = after_overdue(state, reason, run.attempt, attempts, run.worker, overdue.worker_detail)
        assert verdict is None or is_legal(state, verdict.state, Cause.MONITOR)
        return verdict

    async def _transition(self, run: Run, verdict: Verdict) -> CommitTransitionRequest:
        failure = Failure(type=verdict.failure, message=verdict.message, origin=FAILURE_ORIGIN_SYSTEM)
        return CommitTransitionRequest(
            request_id=self._ids.uuid7(),
            run_id=run.run_id,
            from_state=run.state,
            epoch=run.epoch,
            to_state=wire_state(verdict.state),
            reason=verdict.message,
            failure=failure if verdict.failure else None,
            require_lease_expired=verdict.require_lease_expired,
            messages=[self._kill(run)] if verdict.kill else [],
            hold=duration(self._settings.start_retry_seconds) if _is_held(verdict) else None,
            # Those that lost their workers went on as often as they may.
            next_run=await self._retry(run) if verdict.failure == RUNTIME_EXCEEDED else None,
        )

    def _kill(self, run: Run) -> OutboxMessage:
        return OutboxMessage(
            launcher_name=run.launcher_name or self._settings.launchers.default,
            stop_order=StopOrder(
                run_id=run.run_id, location_address=self._registry.address(run.location_name), kill=True
            ),
        )


def _is_held(verdict: Verdict) -> bool:
    return verdict.state is RunState.QUEUED and verdict.failure == START_FAILED
