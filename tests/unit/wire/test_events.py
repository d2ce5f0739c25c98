"""Events of a run as messages."""

from __future__ import annotations

import typing

import pytest

from headrace.api.types.v1 import event_pb2 as pb
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_SYSTEM, FAILURE_ORIGIN_USER_CODE
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.ops.expectation import ExpectationResult
from headrace.execute.events import event as events
from headrace.wire.events import to_event

KEY = AssetKey(["warehouse", "orders"])
FAILURE = events.FailureInfo("ValueError", "wrong", "at line 3", user_failure=True)
DETAILS: dict[str, events.Detail] = {
    "step_started": events.StepStarted(12),
    "step_succeeded": events.StepSucceeded(1.5),
    "step_failed": events.StepFailed(FAILURE, 0.25),
    "step_retry_scheduled": events.StepRetryScheduled(FAILURE, 2.0, 2),
    "step_skipped": events.StepSkipped("Upstream failed: a.", True, ("a",)),
    "input_loaded": events.InputLoaded("numbers", upstream_step_key="a", upstream_output="result", asset_key=KEY),
    "input_checked": events.InputChecked("a", events.TypeCheckData("a", "Int", False, "no number")),
    "output_produced": events.OutputProduced("result", "key_1", events.TypeCheckData("result", "Int")),
    "output_stored": events.OutputStored("result", "io_manager", "key_1"),
    "asset_materialized": events.AssetMaterialized(KEY, "2024-01-01", "made", {"rows": 3}, {"b": "2", "a": "1"}),
    "asset_observed": events.AssetObserved(KEY, metadata={"rows": 3}),
    "asset_check_evaluated": events.AssetCheckEvaluated(KEY, "not_empty", False, severity="WARN"),
    "log_recorded": events.LogRecorded(30, "careful", "headrace", FAILURE),
    "logs_captured": events.LogsCaptured("out", "err"),
    "resources_started": events.ResourcesStarted(("db", "io_manager"), 0.5),
    "engine_noted": events.EngineNoted("a note", {"n": 1}, FAILURE),
}


def written(detail: events.Detail, time: float = 1_700_000_000.25) -> pb.Event:
    return to_event(events.Event("run-1", time, "load", 2, detail))


def test_every_kind_of_event_is_written() -> None:
    assert {type(each) for each in DETAILS.values()} == set(typing.get_args(events.Detail)) - {events.ExpectationNoted}


def test_an_expectation_is_written_as_a_note() -> None:
    found = ExpectationResult(success=False, label="rows", description="none came", metadata={"n": 0})
    event = written(events.ExpectationNoted(found))
    assert event.engine_noted.message == "Expectation rows failed. none came"


@pytest.mark.parametrize("name", DETAILS)
def test_an_event_keeps_its_place_and_kind(name: str) -> None:
    event = written(DETAILS[name])
    assert event.WhichOneof("detail") == name
    assert (event.run_id, event.step_key, event.attempt, event.sequence) == ("run-1", "load", 2, 0)
    assert event.event_time.ToNanoseconds() == 1_700_000_000_250_000_000
    assert pb.Event.FromString(event.SerializeToString()) == event


def test_what_happened_is_told_in_full() -> None:
    retry = written(DETAILS["step_retry_scheduled"]).step_retry_scheduled
    assert (retry.failure.message, retry.delay.ToNanoseconds()) == ("wrong", 2_000_000_000)
    made = written(DETAILS["asset_materialized"]).asset_materialized
    assert (list(made.asset_key.path), made.partition_key, made.description) == (
        ["warehouse", "orders"],
        "2024-01-01",
        "made",
    )
    assert [(tag.key, tag.value) for tag in made.tags] == [("a", "1"), ("b", "2")]
    assert made.metadata[0].int_value == 3
    check = written(DETAILS["asset_check_evaluated"]).asset_check_evaluated
    assert (check.passed, check.warning) == (False, True)
    assert list(written(DETAILS["logs_captured"]).logs_captured.step_keys) == ["load"]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (5, pb.LOG_LEVEL_DEBUG),
        (10, pb.LOG_LEVEL_DEBUG),
        (20, pb.LOG_LEVEL_INFO),
        (25, pb.LOG_LEVEL_INFO),
        (30, pb.LOG_LEVEL_WARNING),
        (40, pb.LOG_LEVEL_ERROR),
        (50, pb.LOG_LEVEL_CRITICAL),
    ],
)
def test_levels_of_logging_find_theirs(level: int, expected: int) -> None:
    assert written(events.LogRecorded(level, "")).log_recorded.level == expected


def test_only_what_does_not_change_how_things_stand_may_be_skipped() -> None:
    decisive = {"step_started", "step_succeeded", "step_failed", "step_retry_scheduled", "step_skipped"}
    decisive |= {"asset_materialized", "asset_observed", "asset_check_evaluated"}
    assert {name for name, detail in DETAILS.items() if not written(detail).skippable} == decisive


def test_a_line_longer_than_the_contract_allows_loses_its_middle() -> None:
    message = written(events.LogRecorded(20, "ä" * 100_000)).log_recorded.message
    assert len(message.encode()) <= 64 * 1024
    assert message.startswith("ää") and message.endswith("ää") and "bytes left out" in message


def test_text_that_is_no_unicode_is_still_told() -> None:
    assert written(events.LogRecorded(20, "bad \udc80 byte")).log_recorded.message == "bad ? byte"


def test_a_failure_says_who_has_to_act_and_follows_its_causes() -> None:
    deep = FAILURE
    for number in range(30):
        deep = events.FailureInfo(f"Error{number}", "outer", cause=deep)
    failure = written(events.StepFailed(deep)).step_failed.failure
    depth = 0
    while failure.HasField("cause"):
        depth, failure = depth + 1, failure.cause
    assert depth == 15
    assert written(events.StepFailed(FAILURE)).step_failed.failure.origin == FAILURE_ORIGIN_USER_CODE
    assert written(events.StepFailed(deep)).step_failed.failure.origin == FAILURE_ORIGIN_SYSTEM
