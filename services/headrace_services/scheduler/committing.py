"""Storing ticks, those that come together in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest, CommitTickResponse, CommitTicksRequest
from headrace.errors import HeadraceError, StaleEtagError, UnavailableError
from headrace.ids import Ids
from headrace.rpc.status import rpc_errors
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler.lines import Line
from headrace_services.scheduler.stubs import Storage

_MOST_TICKS, _MOST_RUNS = 100, 1_000

Outcome = CommitTickResponse | HeadraceError


class Committer:
    """Commits ticks."""

    def __init__(self, storage: Storage, tasks: Tasks, ids: Ids) -> None:
        self._storage = storage
        self._ids = ids
        self._line: Line[CommitTickRequest, Outcome] = Line(
            "commit ticks",
            self._commit_all,
            tasks,
            most=_MOST_TICKS,
            weigh=lambda request: len(request.runs),
            heaviest=_MOST_RUNS,
        )

    async def commit(self, request: CommitTickRequest) -> CommitTickResponse:
        """Stores a tick, together with others or alone.

        Raises:
            AbortedError: the schedule or sensor changed since it was read.
            HeadraceError: it could not be stored.
        """
        if request.request_id:
            return await self._commit(request)
        outcome = await self._line.put(request)
        if isinstance(outcome, HeadraceError):
            raise outcome
        return outcome

    async def _commit_all(self, batch: Sequence[CommitTickRequest]) -> list[Outcome]:
        request = CommitTicksRequest(request_id=self._ids.uuid7(), ticks=batch)
        try:
            with rpc_errors("storage"):
                answers = (await self._storage.ticks.CommitTicks(request)).answers
        except UnavailableError:
            raise
        except HeadraceError:
            # One of them is at fault, and the others are not to suffer from it.
            return [await self._outcome(request) for request in batch]
        return [
            _stale(request) if answer.stale else answer.response for request, answer in zip(batch, answers, strict=True)
        ]

    async def _outcome(self, request: CommitTickRequest) -> Outcome:
        request.request_id = self._ids.uuid7()
        try:
            return await self._commit(request)
        except HeadraceError as error:
            return error

    async def _commit(self, request: CommitTickRequest) -> CommitTickResponse:
        with rpc_errors("storage"):
            return await self._storage.ticks.CommitTick(request)


def _stale(request: CommitTickRequest) -> StaleEtagError:
    return StaleEtagError(f"{request.tick.ref.name} has changed since it was read")
