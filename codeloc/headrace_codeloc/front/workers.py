"""The workers that this front has started: which are alive, and how the others ended."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from headrace.api.codeloc.v1.worker_host_service_pb2 import WorkerExit
from headrace.processes.groups import signal_group
from headrace_codeloc.front.exits import ExitLog
from headrace_codeloc.front.worker_logs import last_words

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that was started."""

    worker_id: str
    run_id: str
    launch_token: str
    pid: int
    log_path: str


class Workers:
    """Knows every living worker by id and by process."""

    def __init__(self, exits: ExitLog) -> None:
        self.exits = exits
        self._alive: dict[int, Worker] = {}
        # Ids of workers that ended are kept for a while: the order to start one may be repeated.
        self._known: OrderedDict[str, Worker] = OrderedDict()

    def __len__(self) -> int:
        return len(self._alive)

    def find(self, worker_id: str) -> Worker | None:
        """Returns a worker that lives or has ended not too long ago."""
        return self._known.get(worker_id)

    def add(self, worker: Worker) -> None:
        """Takes note of a worker that was started."""
        self._alive[worker.pid] = worker
        self._known[worker.worker_id] = worker
        while len(self._known) > MOST_REMEMBERED + len(self._alive):
            self._known.popitem(last=False)

    def exited(self, pid: int, code: int) -> None:
        """Takes note that a process has ended; those that are no workers are passed over."""
        worker = self._alive.pop(pid, None)
        if worker is None:
            return
        self.exits.add(
            WorkerExit(
                worker_id=worker.worker_id,
                run_id=worker.run_id,
                exit_code=max(code, 0),
                signal=max(-code, 0),
                detail=last_words(Path(worker.log_path)),
                launch_token=worker.launch_token,
            )
        )

    def stop(self, run_id: str, *, kill: bool, grace: float) -> bool:
        """Ends the workers of a run: at once, or at the latest when the grace is over; returns whether there were any."""
        found = self._of_run(run_id)
        for worker in found:
            if kill:
                signal_group(worker.pid, signal.SIGKILL)
                continue
            _terminate(worker.pid)
            asyncio.get_running_loop().call_later(grace, self._kill, worker)
        return bool(found)

    def _kill(self, worker: Worker) -> None:
        if self._alive.get(worker.pid) is worker:
            signal_group(worker.pid, signal.SIGKILL)

    def _of_run(self, run_id: str) -> Sequence[Worker]:
        return [worker for worker in self._alive.values() if worker.run_id == run_id]


def _terminate(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it ended, and we hear of it soon
