"""Having the coordinator check runs: those of ticks that come while a check is under way go together with the next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from headrace.api.coordinator.v1.coordinator_service_pb2 import PreparedRun, PrepareRunsRequest
from headrace.api.types.v1.run_pb2 import Run
from headrace.rpc.status import rpc_errors
from headrace_services.kit.service import Peers
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler.stubs import coordinator

_MOST_RUNS = 1_000
# A location may have to be asked about each of them.
_SECONDS = 70.0

Waiting = tuple[Sequence[Run], "asyncio.Future[list[PreparedRun]]"]


@dataclass
class _Line:
    waiting: list[Waiting] = field(default_factory=list)
    sending: bool = False


class Preparer:
    """Has runs prepared in batches, one line per location: a location that takes its time holds up its own only."""

    def __init__(self, peers: Peers, tasks: Tasks) -> None:
        self._coordinator = coordinator(peers.channel("coordinator"))
        self._tasks = tasks
        self._lines: dict[str, _Line] = {}

    async def prepare(self, location_name: str, runs: Sequence[Run]) -> list[PreparedRun]:
        """Returns an answer per run.

        Raises:
            HeadraceError: the coordinator cannot be reached.
        """
        line = self._lines.setdefault(location_name, _Line())
        answer: asyncio.Future[list[PreparedRun]] = asyncio.get_running_loop().create_future()
        line.waiting.append((runs, answer))
        if not line.sending:
            line.sending = True
            self._tasks.spawn(self._send(line), f"prepare runs of {location_name}")
        return await answer

    async def _send(self, line: _Line) -> None:
        try:
            while line.waiting:
                batch = _take(line.waiting)
                await self._ask(batch)
        finally:
            line.sending = False

    async def _ask(self, batch: list[Waiting]) -> None:
        request = PrepareRunsRequest(runs=[run for runs, _ in batch for run in runs])
        try:
            with rpc_errors("coordinator"):
                prepared = list((await self._coordinator.PrepareRuns(request, timeout=_SECONDS)).runs)
        except Exception as error:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for runs, answer in batch:
            mine, prepared = prepared[: len(runs)], prepared[len(runs) :]
            if not answer.done():
                answer.set_result(mine)


def _take(waiting: list[Waiting]) -> list[Waiting]:
    """Takes from the head of the line as much as one call may carry, at least one entry."""
    batch: list[Waiting] = []
    count = 0
    while waiting and (not batch or count + len(waiting[0][0]) <= _MOST_RUNS):
        count += len(waiting[0][0])
        batch.append(waiting.pop(0))
    return batch
