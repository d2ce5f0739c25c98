"""Temporal's development server on SQLite with one Python worker."""

from __future__ import annotations

import asyncio
import sys
import uuid
from datetime import timedelta
from pathlib import Path

from side import Side, free_port
from temporal_jobs import QUEUE
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

JOBS = Path(__file__).with_name("temporal_jobs.py")
WORKFLOWS = {
    "one": "one",
    "seed_processes": "seed",
    "seed_in_process": "seed",
    "wide_in_process": "wide",
}


class TemporalSide(Side):
    """Defaults throughout; its client lives in this process, on a loop of its own."""

    name = "temporal"

    def start(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.target = f"127.0.0.1:{free_port()}"
        command = Path(sys.executable).with_name("temporal")
        port = self.target.partition(":")[2]
        database = self.directory / "temporal.db"
        self.spawn(command, "server", "start-dev", "--headless", "--port", port, "--db-filename", database)
        self.await_ready(self._connected)
        self.spawn(sys.executable, JOBS, self.target)
        self.await_ready(self._worker_polls)

    def run(self, job: str, count: int = 1) -> None:
        self.loop.run_until_complete(self._run(WORKFLOWS[job], count))

    async def _run(self, workflow: str, count: int) -> None:
        await asyncio.gather(
            *(
                self.client.execute_workflow(
                    workflow, id=str(uuid.uuid4()), task_queue=QUEUE, execution_timeout=timedelta(minutes=10)
                )
                for _ in range(count)
            )
        )

    def _connected(self) -> bool:
        self.client = self.loop.run_until_complete(Client.connect(self.target))
        return True

    def _worker_polls(self) -> bool:
        request = DescribeTaskQueueRequest(
            namespace="default",
            task_queue=TaskQueue(name=QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
        answer = self.loop.run_until_complete(self.client.workflow_service.describe_task_queue(request))
        return bool(answer.pollers)


make = TemporalSide
