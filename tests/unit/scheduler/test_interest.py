"""Which sensors are asked about which run."""

from __future__ import annotations

import pytest

from headrace.api.types.v1.event_pb2 import RunStateChanged
from headrace.api.types.v1.run_pb2 import RUN_STATE_FAILED, RUN_STATE_SUCCEEDED
from headrace.api.types.v1.sensor_pb2 import RunSelector, SensorDefinition
from headrace_services.scheduler.events.interest import concerns

ELSEWHERE = [RunSelector(location_name="ml", job_name="train"), RunSelector(location_name="bi")]


@pytest.mark.parametrize(
    ("fields", "asked_about"),
    [
        ({}, {"etl.load", "etl.clean"}),
        ({"watched_job_names": ["load"]}, {"etl.load"}),
        ({"watches_all_locations": True}, {"etl.load", "etl.clean", "ml.train", "ml.serve", "bi.report"}),
        ({"watched_runs": ELSEWHERE}, {"ml.train", "bi.report"}),
        ({"watched_runs": ELSEWHERE, "watched_job_names": ["clean"]}, {"ml.train", "bi.report", "etl.clean"}),
    ],
)
def test_a_sensor_is_asked_about_the_runs_it_watches(fields: dict[str, object], asked_about: set[str]) -> None:
    sensor = SensorDefinition(watched_state=RUN_STATE_FAILED, **fields)  # type: ignore[arg-type]
    found = set()
    for name in ("etl.load", "etl.clean", "ml.train", "ml.serve", "bi.report"):
        location, job = name.split(".")
        change = RunStateChanged(state=RUN_STATE_FAILED, location_name=location, job_name=job)
        if concerns(sensor, "etl", change):
            found.add(name)
        change.state = RUN_STATE_SUCCEEDED
        assert not concerns(sensor, "etl", change)
    assert found == asked_about
