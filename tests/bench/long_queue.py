"""Measures what it costs to let one run out of a queue of 10 and of 10,000, and from behind 10,000 that wait.

python tests/bench/long_queue.py [--long 10000] [--rounds 100]

On SQLite and on PostgreSQL with its durable settings; storage is called through gRPC as the coordinator calls it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from headrace.api.storage.v1.run_queue_service_pb2 import GetQueueRequest
from headrace.api.storage.v1.run_store_service_pb2 import CommitTransitionRequest, CreateRunRequest
from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.clock import Clock
from headrace.ids import RandomIds
from headrace.rpc.channel import open_aio_channel
from headrace_services.coordinator.admission import AdmissionLoop
from headrace_services.coordinator.groups import group_of
from headrace_services.coordinator.metrics import RunMetrics
from headrace_services.coordinator.queue import Limits
from headrace_services.coordinator.queue_messages import queued_run
from headrace_services.coordinator.stubs import Storage
from headrace_services.kit.config.model import TagLimit
from headrace_services.kit.metrics import Metrics
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.opening import open_postgres, open_sqlite
from rig import run_directory
from rig.postgres import DURABLE, start_server
from rig.storage import running_storage

LIMIT = 1.5
LIMITS = Limits(1, (TagLimit(key="slow", limit=0),))
_AT_ONCE = 100


class Everywhere:
    """A registry whose locations are always there."""

    def obstacle(self, name: str) -> str:
        return ""

    def get(self, name: str) -> Any:
        return SimpleNamespace(name=name, address="127.0.0.1:1", snapshot=None)


class Queue:
    """A queue of storage and the loop that lets runs out of it."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.ids = RandomIds()
        settings: Any = SimpleNamespace(limits=LIMITS, launcher_name="bench", address="127.0.0.1:1")
        registry: Any = Everywhere()
        self.loop = AdmissionLoop(settings, storage, registry, RunMetrics(Metrics()), self.ids)

    async def add(self, count: int, **tags: str) -> None:
        """Queues runs."""
        for start in range(0, count, _AT_ONCE):
            await asyncio.gather(*(self._create(tags) for _ in range(min(_AT_ONCE, count - start))))

    async def _create(self, tags: dict[str, str]) -> None:
        run = run_pb2.Run(run_id=self.ids.uuid7(), location_name="bench", job_name="numbers")
        run.tags.extend(Tag(key=key, value=value) for key, value in tags.items())
        run.queue_group = group_of(queued_run(run), LIMITS)
        await self.storage.runs.CreateRun(CreateRunRequest(request_id=self.ids.uuid7(), run=run))

    async def admit(self) -> float:
        """Lets one run out and returns the seconds that took; then ends it, so that the next one may go."""
        # As the loop is at rest: it counts the queue once a second, and that is not what an admission costs.
        began = time.perf_counter()
        while await self.loop.tick(datetime.now(timezone.utc)) is not None:
            pass
        seconds = time.perf_counter() - began
        active = (await self.storage.queue.GetQueue(GetQueueRequest(max_queued_runs=1, without_count=True))).active_runs
        (run,) = active
        await self.storage.runs.CommitTransition(
            CommitTransitionRequest(
                request_id=self.ids.uuid7(),
                run_id=run.run_id,
                from_state=run.state,
                epoch=run.epoch,
                to_state=run_pb2.RUN_STATE_FAILED,
            )
        )
        return seconds


async def measure(open_database: Callable[[Clock], Database], long: int, rounds: int) -> dict[str, float]:
    """Returns the milliseconds of an admission, by what the queue is like."""
    async with running_storage(open_database) as service:
        channel = open_aio_channel(service.address)
        queue = Queue(Storage(channel))
        found = {}
        for name, before, tags in (("10", 10, {}), (f"{long}", long, {})):
            await queue.add(before + rounds, **tags)
            await queue.admit()
            found[name] = typical([await queue.admit() for _ in range(rounds)])
        # What is left goes behind as many that must wait.
        while (await queue.storage.queue.GetQueue(GetQueueRequest())).queued_count > 10:
            await drain(queue)
        await queue.add(long, slow="yes")
        await queue.add(rounds + 10)
        await queue.admit()
        found[f"behind {long} that wait"] = typical([await queue.admit() for _ in range(rounds)])
        await channel.close()
        return found


def typical(seconds: Sequence[float]) -> float:
    """Returns milliseconds: what it takes when nothing else is going on, a tenth of the way up."""
    return sorted(seconds)[len(seconds) // 10] * 1e3


async def drain(queue: Queue) -> None:
    """Cancels a page of the queue."""
    page = (await queue.storage.queue.GetQueue(GetQueueRequest(max_queued_runs=1000))).queued_runs
    await asyncio.gather(
        *(
            queue.storage.runs.CommitTransition(
                CommitTransitionRequest(
                    request_id=queue.ids.uuid7(),
                    run_id=run.run_id,
                    from_state=run.state,
                    epoch=run.epoch,
                    to_state=run_pb2.RUN_STATE_CANCELED,
                )
            )
            for run in page
        )
    )


def main() -> None:
    """Prints the figures; the exit status tells whether a long queue costs more than it may."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    worst = 0.0
    with TemporaryDirectory() as directory:
        run_directory.begin()
        server = start_server(run_directory.run_directory(), DURABLE)
        url = server.create_database()
        databases: dict[str, Callable[[Clock], Database]] = {
            "SQLite": lambda clock: open_sqlite(Path(directory) / "headrace.db", clock, RandomIds()),
            "PostgreSQL": lambda clock: open_postgres(url, RandomIds()),
        }
        for name, open_database in databases.items():
            found = asyncio.run(measure(open_database, given.long, given.rounds))
            short = found["10"]
            print(name, ", ".join(f"{what}: {each:.2f} ms ({each / short:.2f})" for what, each in found.items()))
            worst = max(worst, found[f"{given.long}"] / short)
    sys.exit(worst > LIMIT)


if __name__ == "__main__":
    main()
