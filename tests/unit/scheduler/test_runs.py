from __future__ import annotations

import pytest

from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.instigator_pb2 import (
    INSTIGATOR_KIND_SCHEDULE,
    INSTIGATOR_KIND_SENSOR,
    RunRequest,
)
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_AUTOMATION, SensorDefinition
from headrace.errors import TargetNotFoundError
from headrace_services.scheduler.instigators import Entry, Key
from headrace_services.scheduler.runs import run_of

RAW = AssetKey(path=["raw"])


def schedule(**fields: object) -> Entry:
    definition = ScheduleDefinition(name="nightly", job_name="sums", **fields)  # type: ignore[arg-type]
    return Entry(Key("here", INSTIGATOR_KIND_SCHEDULE, "nightly"), definition)


def sensor(*jobs: str) -> Entry:
    return Entry(Key("here", INSTIGATOR_KIND_SENSOR, "files"), SensorDefinition(name="files", job_names=jobs))


def test_a_run_of_a_schedule_says_where_it_comes_from() -> None:
    run = run_of(RunRequest(tags=[Tag(key="a", value="1")]), schedule(asset_selection=[RAW]), "id")
    assert (run.run_id, run.location_name, run.job_name, run.origin.schedule_name) == ("id", "here", "sums", "nightly")
    assert [(tag.key, tag.value) for tag in run.tags] == [("a", "1"), ("headrace/schedule_name", "nightly")]
    assert list(run.asset_selection) == [RAW]


def test_a_run_of_a_sensor_carries_its_key_and_partition() -> None:
    run = run_of(RunRequest(run_key="f1", partition_key="2024"), sensor("sums"), "id")
    assert (run.job_name, run.origin.sensor_name, run.origin.run_key, run.partition_key) == (
        "sums",
        "files",
        "f1",
        "2024",
    )
    tags = {tag.key: tag.value for tag in run.tags}
    assert tags == {"headrace/sensor_name": "files", "headrace/run_key": "f1", "headrace/partition": "2024"}


def test_a_request_may_choose_among_the_jobs_of_its_sensor() -> None:
    assert run_of(RunRequest(job_name="b"), sensor("a", "b"), "id").job_name == "b"
    assert run_of(RunRequest(job_name="b"), sensor(), "id").job_name == "b"
    assert run_of(RunRequest(), sensor(), "id").job_name == ""


@pytest.mark.parametrize(
    ("request_", "jobs", "said"),
    [
        (RunRequest(), ("a", "b"), "names no job, and the sensor has several: a, b"),
        (RunRequest(job_name="c"), ("a", "b"), "names the job 'c', the sensor may ask for a, b"),
    ],
)
def test_a_request_for_no_job_of_its_sensor_is_refused(request_: RunRequest, jobs: tuple[str, ...], said: str) -> None:
    with pytest.raises(TargetNotFoundError, match=said):
        run_of(request_, sensor(*jobs), "id")


def test_tags_of_the_instance_are_for_runs_of_conditions_alone_and_yield_to_what_is_asked() -> None:
    conditions = sensor("sums")
    conditions.definition.kind = SENSOR_KIND_AUTOMATION  # type: ignore[union-attr,assignment]
    request, tags = RunRequest(tags=[Tag(key="team", value="asked")]), {"team": "data", "cost": "low"}
    found = {tag.key: tag.value for tag in run_of(request, conditions, "id", tags).tags}
    assert (found["team"], found["cost"]) == ("asked", "low")
    assert "cost" not in {tag.key for tag in run_of(request, sensor("sums"), "id", tags).tags}
