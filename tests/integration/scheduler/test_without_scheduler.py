"""What schedules are, and switching them, needs no scheduler; what does says so soon."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import grpc
import pytest

from headrace.api.gateway.v1.schedule_service_pb2 import (
    GetScheduleRequest,
    ListSchedulesRequest,
    PreviewScheduleTicksRequest,
    ResumeScheduleRequest,
    TriggerScheduleRequest,
)
from headrace.api.gateway.v1.schedule_service_pb2_grpc import ScheduleServiceStub
from headrace.api.types.v1.instigator_pb2 import INSTIGATOR_STATE_RUNNING
from headrace.rpc.status import from_rpc_error
from rig.control_plane import ControlPlane, StartControlPlane
from rig.scheduling import NOON, job, schedule
from rig.scripted_location import ScriptedLocation


@pytest.fixture
async def plane(start_control_plane: StartControlPlane) -> Any:
    """Everything but a scheduler, and fifty schedules."""
    location = ScriptedLocation([job("sums"), *(schedule(f"s{number}", on=number > 0) for number in range(50))])
    plane = await start_control_plane("storage", "coordinator", "gateway")
    await plane.add_location("scripted", await location.serve())
    yield plane
    await location.close()


def schedules(plane: ControlPlane) -> Any:
    return plane.stub(ScheduleServiceStub, "gateway")


async def test_schedules_are_listed_and_switched_at_once(plane: ControlPlane) -> None:
    began = time.monotonic()
    listed = (await schedules(plane).ListSchedules(ListSchedulesRequest())).schedules
    assert len(listed) == 50
    assert [each.definition.name for each in listed if not each.HasField("next_due_time")] == ["s0"]
    resumed = (await schedules(plane).ResumeSchedule(ResumeScheduleRequest(schedule_name="s0"))).schedule
    assert (resumed.state, resumed.HasField("next_due_time")) == (INSTIGATOR_STATE_RUNNING, True)
    assert time.monotonic() - began < 5.0, "that is how long a scheduler would be waited for"


async def test_a_preview_is_computed_and_asked_of_nobody(plane: ControlPlane) -> None:
    request = PreviewScheduleTicksRequest(schedule_name="s1", page_size=3)
    request.after_time.FromDatetime(NOON)
    answer = await schedules(plane).PreviewScheduleTicks(request)
    assert [each.ToDatetime().minute for each in answer.due_times] == [1, 2, 3]


async def test_evaluating_says_that_there_is_no_scheduler_and_what_to_do(plane: ControlPlane) -> None:
    began = time.monotonic()
    with pytest.raises(grpc.RpcError) as caught:
        await schedules(plane).TriggerSchedule(TriggerScheduleRequest(schedule_name="s1", dry_run=True))
    error = from_rpc_error(caught.value)
    assert error.code == "UNAVAILABLE"
    assert "`headrace serve scheduler` starts one" in str(error)
    assert time.monotonic() - began < 20.0


async def test_what_a_schedule_waits_for_is_what_was_due_since_it_was_switched_on(plane: ControlPlane) -> None:
    listed = (await schedules(plane).ListSchedules(ListSchedulesRequest())).schedules
    assert not any(each.HasField("awaited_time") for each in listed), "nothing is late before somebody has taken it up"
    resumed = (await schedules(plane).ResumeSchedule(ResumeScheduleRequest(schedule_name="s0"))).schedule
    switched = resumed.instigator.active_since_time.ToDatetime()
    awaited = resumed.awaited_time.ToDatetime()
    assert timedelta(0) < awaited - switched <= timedelta(minutes=1)
    # With nobody to evaluate it, it goes on waiting for that same moment, however late it is.
    read = (await schedules(plane).GetSchedule(GetScheduleRequest(schedule_name="s0"))).schedule
    assert read.awaited_time.ToDatetime() == awaited
