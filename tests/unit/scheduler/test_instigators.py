"""When sensors are evaluated next, by their kind."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from google.protobuf.duration_pb2 import Duration

from headrace.api.types.v1.instigator_pb2 import INSTIGATOR_KIND_SENSOR, Instigator
from headrace.api.types.v1.sensor_pb2 import (
    SENSOR_KIND_ASSET,
    SENSOR_KIND_RUN_STATE,
    SENSOR_KIND_STANDARD,
    SensorDefinition,
)
from headrace_services.scheduler.instigators import Entry, Key

NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


def entry(kind: int, last: datetime | None = None, failures: int = 0, woken: datetime | None = None) -> Entry:
    definition = SensorDefinition(name="s", kind=kind, minimum_interval=Duration(seconds=3600))  # type: ignore[arg-type]
    stored = None
    if last is not None:
        stored = Instigator(failure_count=failures)
        stored.last_tick_time.FromDatetime(last)
    return Entry(Key("etl", INSTIGATOR_KIND_SENSOR, "s"), definition, stored=stored, woken=woken)


def test_a_sensor_waits_for_its_interval() -> None:
    assert entry(SENSOR_KIND_STANDARD).next_due(NOON) == NOON
    assert entry(SENSOR_KIND_STANDARD, last=NOON).next_due(NOON) == NOON + HOUR


def test_a_sensor_of_assets_that_was_woken_does_not() -> None:
    woken = NOON + timedelta(minutes=5)
    assert entry(SENSOR_KIND_ASSET, last=NOON, woken=woken).next_due(NOON) == woken
    soon = NOON + timedelta(milliseconds=5)
    assert entry(SENSOR_KIND_ASSET, last=NOON, woken=soon).next_due(NOON) == NOON + timedelta(seconds=1)


def test_a_sensor_that_keeps_failing_is_not_woken() -> None:
    due = entry(SENSOR_KIND_ASSET, last=NOON, failures=1, woken=NOON).next_due(NOON)
    assert due is not None
    assert due >= NOON + HOUR


def test_a_sensor_of_runs_is_due_when_it_was_woken_and_not_before() -> None:
    assert entry(SENSOR_KIND_RUN_STATE, last=NOON).next_due(NOON) is None
    assert entry(SENSOR_KIND_RUN_STATE, last=NOON, woken=NOON).next_due(NOON) == NOON
