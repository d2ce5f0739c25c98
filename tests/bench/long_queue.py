"""Measures what it costs to let one run out of a queue of 10 and of 10,000, and from behind 10,000 that wait.

python tests/bench/long_queue.py [--long 10000] [--rounds 100]

On SQLite and on PostgreSQL with its durable settings; storage is called through gRPC as the coordinator calls it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from sides import NewDatabase, OpenDatabase, in_turn, on_both_databases

from headrace.api.storage.v1.run_queue_service_pb2 import GetQueueRequest
from headrace.api.storage.v1.run_store_service_pb2 import CommitTransitionRequest, CreateRunRequest
from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.ids import RandomIds
from headrace.rpc.channel import open_aio_channel
from headrace_services.coordinator.metrics import RunMetrics
from headrace_services.coordinator.queue.admission import AdmissionLoop
from headrace_services.coordinator.queue.deciding import Limits
from headrace_services.coordinator.queue.groups import group_of
from headrace_services.coordinator.queue.messages import queued_run
from headrace_services.coordinator.stubs import Storage
from headrace_services.kit.config.model import TagLimit
from headrace_services.kit.metrics import Metrics
from rig.storage import running_storage

# A long queue costs what a short one does. Passing over what waits is a look at an index, which grows with it.
LIMIT, LIMIT_BEHIND = 1.1, 2.0
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
        settings: Any = SimpleNamespace(
            limits=LIMITS, launchers=SimpleNamespace(default="bench"), address="127.0.0.1:1"
        )
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


@asynccontextmanager
async def opened(open_database: OpenDatabase) -> AsyncIterator[Queue]:
    """A queue on a database of its own."""
    async with running_storage(open_database) as service:
        channel = open_aio_channel(service.address)
        yield Queue(Storage(channel))
        await channel.close()


async def measure(new_database: NewDatabase, long: int, rounds: int) -> dict[str, float]:
    """Returns what an admission takes, by what the queue is like."""
    async with opened(new_database()) as short, opened(new_database()) as full, opened(new_database()) as blocked:
        await short.add(10 + rounds)
        await full.add(long + rounds)
        await blocked.add(long, slow="yes")
        await blocked.add(10 + rounds)
        sides = {"10": short.admit, f"{long}": full.admit, f"behind {long} that wait": blocked.admit}
        return await in_turn(sides, rounds)


def main() -> None:
    """Prints the figures; the exit status tells whether a long queue costs more than it may."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    limits = {f"{given.long}": LIMIT, f"behind {given.long} that wait": LIMIT_BEHIND}
    on_both_databases(lambda new_database: measure(new_database, given.long, given.rounds), "10", limits)


if __name__ == "__main__":
    main()
