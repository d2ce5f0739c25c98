"""Having the coordinator check runs, those of many ticks together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headrace.api.coordinator.v1.coordinator_service_pb2 import PreparedRun, PrepareRunsRequest
from headrace.api.types.v1.instigator_pb2 import DynamicPartitionsChange
from headrace.api.types.v1.run_pb2 import Run
from headrace.rpc.status import rpc_errors
from headrace_services.kit.service import Peers
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler.lines import Line
from headrace_services.scheduler.stubs import coordinator

_MOST_RUNS = 1_000
# A location may have to be asked about each of them.
_SECONDS = 70.0


class _Asked(NamedTuple):
    runs: Sequence[Run]
    changes: Sequence[DynamicPartitionsChange]


def _weight(asked: _Asked) -> int:
    return len(asked.runs)


class Preparer:
    """Has runs prepared in batches, one line per location: a location that takes its time holds up its own only."""

    def __init__(self, peers: Peers, tasks: Tasks) -> None:
        self._coordinator = coordinator(peers.channel("coordinator"))
        self._tasks = tasks
        self._lines: dict[str, Line[_Asked, Sequence[PreparedRun]]] = {}

    async def prepare(
        self, location_name: str, runs: Sequence[Run], changes: Sequence[DynamicPartitionsChange] = ()
    ) -> Sequence[PreparedRun]:
        """Returns an answer per run.

        Args:
            location_name: Whose runs they are.
            runs: The runs.
            changes: Changes of dynamic partitions that are stored together with them.

        Raises:
            HeadraceError: the coordinator cannot be reached.
        """
        if location_name not in self._lines:
            self._lines[location_name] = Line(
                f"prepare runs of {location_name}", self._ask, self._tasks, most=_MOST_RUNS, weigh=_weight
            )
        return await self._lines[location_name].put(_Asked(runs, changes))

    async def _ask(self, batch: Sequence[_Asked]) -> list[Sequence[PreparedRun]]:
        request = PrepareRunsRequest(
            runs=[run for asked in batch for run in asked.runs],
            partition_changes=[change for asked in batch for change in asked.changes],
        )
        with rpc_errors("coordinator"):
            prepared = list((await self._coordinator.PrepareRuns(request, timeout=_SECONDS)).runs)
        answers: list[Sequence[PreparedRun]] = []
        for asked in batch:
            answers.append(prepared[: len(asked.runs)])
            prepared = prepared[len(asked.runs) :]
        return answers
