"""A code location in a simulated process: a schedule, a sensor, a job, and workers that are processes of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timezone
from typing import Any

import grpc

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.codeloc.v1 import worker_host_service_pb2 as workers_pb
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.instigator_pb2 import INSTIGATOR_STATE_RUNNING, RunRequest
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition
from headrace.api.types.v1.sensor_pb2 import SensorDefinition
from rig.scripted_location import ScriptedLocation

NAME = "location"
JOB, SENSOR = "sums", "counter"
SCHEDULES = ("first", "second")

StartWorker = Callable[[workers_pb.StartWorkerRequest], None]


def definitions() -> list[Definition]:
    """What it defines."""
    on = INSTIGATOR_STATE_RUNNING
    sensor = SensorDefinition(name=SENSOR, job_names=[JOB], default_state=on)
    sensor.minimum_interval.FromSeconds(3)
    schedules = [
        ScheduleDefinition(name=name, cron_expressions=["* * * * *"], job_name=JOB, default_state=on)
        for name in SCHEDULES
    ]
    return [
        Definition(job=JobDefinition(name=JOB)),
        *(Definition(schedule=each) for each in schedules),
        Definition(sensor=sensor),
    ]


class SimulatedLocation(ScriptedLocation):
    """One incarnation of it.

    Args:
        incarnation: Tells its cursors from those of others.
        start_worker: Starts a process.
    """

    def __init__(self, incarnation: str, start_worker: StartWorker) -> None:
        super().__init__(definitions=definitions())
        self._incarnation = incarnation
        self._start_worker = start_worker

    async def EvaluateSchedule(self, request: pb.EvaluateScheduleRequest, context: Any) -> pb.EvaluateScheduleResponse:
        due = request.due_time.ToDatetime(tzinfo=timezone.utc).isoformat()
        return pb.EvaluateScheduleResponse(run_requests=[RunRequest(run_key=due, tags=[Tag(key="due", value=due)])])

    async def EvaluateSensor(self, request: pb.EvaluateSensorRequest, context: Any) -> pb.EvaluateSensorResponse:
        number = int(request.cursor or 0)
        return pb.EvaluateSensorResponse(run_requests=[RunRequest(run_key=str(number))], cursor=str(number + 1))

    async def StartWorker(self, request: workers_pb.StartWorkerRequest, context: Any) -> workers_pb.StartWorkerResponse:
        known = any(each.request_id == request.request_id for each in self.started)
        if not known:
            self.started.append(request)
            self._start_worker(request)
        return workers_pb.StartWorkerResponse(worker_id=request.request_id, started=not known, pid=1)

    async def WatchWorkers(self, request: Any, context: Any) -> AsyncIterator[workers_pb.WatchWorkersResponse]:
        incarnation, _, position = request.cursor.partition("/")
        if incarnation not in ("", self._incarnation):
            await context.abort(grpc.StatusCode.OUT_OF_RANGE, "a cursor of another process")
        sent = int(position or 0)
        while True:
            changed = self._changed
            exits, sent = self.exits[sent:], len(self.exits)
            cursor = f"{self._incarnation}/{sent}"
            yield workers_pb.WatchWorkersResponse(exits=exits, cursor=cursor, caught_up=True)
            await changed.wait()
