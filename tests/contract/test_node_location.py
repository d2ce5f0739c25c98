"""The contract holds across languages: a location written in JavaScript answers generated Python stubs."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from datetime import datetime, timezone

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_status import rpc_status

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceStub
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_LOADED

DEADLINE = 10.0


@pytest.fixture
def channel(node_location: str) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(node_location) as channel:
        yield channel


@pytest.fixture
def location(channel: grpc.Channel) -> CodeLocationServiceStub:
    return CodeLocationServiceStub(channel)


def definitions_of(location: CodeLocationServiceStub) -> tuple[list[Definition], str]:
    definitions: list[Definition] = []
    digest = ""
    for answer in location.GetDefinitions(pb.GetDefinitionsRequest(), timeout=DEADLINE):
        definitions.extend(answer.part.batch.definitions)
        digest = answer.part.trailer.digest or digest
    return definitions, digest


def test_it_is_healthy(channel: grpc.Channel) -> None:
    answer = HealthStub(channel).Check(HealthCheckRequest(), timeout=DEADLINE)
    assert answer.status == HealthCheckResponse.SERVING


def test_it_says_who_it_is(location: CodeLocationServiceStub) -> None:
    info = location.GetServerInfo(pb.GetServerInfoRequest(), timeout=DEADLINE).server_info
    assert info.contract_version == 1
    assert info.runtime.startswith("node ")
    assert info.state == LOCATION_STATE_LOADED
    assert info.definitions_digest == definitions_of(location)[1]


def test_its_definitions_arrive_typed(location: CodeLocationServiceStub) -> None:
    definitions, _ = definitions_of(location)
    assert [definition.WhichOneof("kind") for definition in definitions] == ["job", "asset", "asset", "schedule"]
    job, doubled, raw, schedule = (getattr(entry, entry.WhichOneof("kind")) for entry in definitions)
    assert [list(key.path) for key in job.asset_keys] == [["doubled_numbers"], ["raw_numbers"]]
    assert doubled.dependencies[0].asset_key == raw.asset_key
    assert list(schedule.cron_expressions) == ["* * * * *"]
    assert schedule.job_name == job.name


def test_both_languages_compute_one_digest(location: CodeLocationServiceStub) -> None:
    definitions, digest = definitions_of(location)
    ours = hashlib.sha256()
    for definition in definitions:
        encoded = definition.SerializeToString(deterministic=True)
        ours.update(struct.pack(">I", len(encoded)) + encoded)
    assert ours.hexdigest() == digest


def test_its_schedule_decides(location: CodeLocationServiceStub) -> None:
    request = pb.EvaluateScheduleRequest(schedule_name="every_minute")
    request.due_time.FromDatetime(datetime(2031, 2, 3, 4, 5, tzinfo=timezone.utc))
    [run] = location.EvaluateSchedule(request, timeout=DEADLINE).run_requests
    assert run.run_key == "minute-2031-02-03T04:05:00.000Z"
    assert run.run_config.media_type == "application/json"
    assert json.loads(run.run_config.text)["ops"]["raw_numbers"]["config"] == {"minute": "2031-02-03T04:05:00.000Z"}


def test_it_plans_its_job(location: CodeLocationServiceStub) -> None:
    plan = location.PlanRun(pb.PlanRunRequest(job_name="double_numbers"), timeout=DEADLINE)
    assert [(step.step_key, list(step.depends_on)) for step in plan.steps] == [
        ("raw_numbers", []),
        ("doubled_numbers", ["raw_numbers"]),
    ]


def test_its_errors_carry_their_reason(location: CodeLocationServiceStub) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        location.EvaluateSchedule(pb.EvaluateScheduleRequest(schedule_name="never"), timeout=DEADLINE)
    status = rpc_status.from_call(caught.value)
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (caught.value.code(), info.reason, info.domain) == (
        grpc.StatusCode.NOT_FOUND,
        "TARGET_NOT_FOUND",
        "headrace",
    )
    assert dict(info.metadata) == {"kind": "schedule", "name": "never"}
