from __future__ import annotations

import itertools

import pytest

from headrace.api.storage.v1 import run_lease_service_pb2
from headrace.api.types.v1 import run_pb2
from headrace.errors import InvalidArgumentError
from headrace_services.coordinator.runs.transitions import (
    LEGAL,
    OVER,
    Attempts,
    Cause,
    Finish,
    OverdueReason,
    RunState,
    after_cancel,
    after_finish,
    after_overdue,
    is_legal,
    is_over,
)

ONCE = Attempts(to_start=1, to_run=1)
THRICE = Attempts(to_start=3, to_run=3)


def test_states_and_reasons_have_the_numbers_of_the_contract() -> None:
    for state in RunState:
        assert run_pb2.RunState.Value(f"RUN_STATE_{state.name}") == state
    assert len(RunState) == len(run_pb2.RunState.values()) - 1
    for reason in OverdueReason:
        assert run_lease_service_pb2.OverdueReason.Value(f"OVERDUE_REASON_{reason.name}") == reason


def test_nothing_follows_an_end() -> None:
    assert not [change for change in LEGAL if change[0] in OVER]
    assert {state for state in RunState if is_over(state)} == OVER


def test_every_state_that_is_no_end_leads_to_one() -> None:
    for state in set(RunState) - OVER:
        reached, seen = {state}, set()
        while reached - seen:
            seen |= reached
            reached = seen | {after for before, after in LEGAL if before in seen}
        assert reached & OVER


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ("QUEUED", "STARTING", Cause.ADMISSION),
        ("STARTING", "RUNNING", Cause.CLAIM),
        ("RUNNING", "SUCCEEDED", Cause.FINISH),
        ("RUNNING", "FAILED", Cause.FINISH),
        ("RUNNING", "FAILED", Cause.MONITOR),
        ("RUNNING", "QUEUED", Cause.MONITOR),
        ("STARTING", "QUEUED", Cause.MONITOR),
        ("QUEUED", "CANCELED", Cause.CANCEL),
        ("RUNNING", "CANCELING", Cause.CANCEL),
        ("CANCELING", "SUCCEEDED", Cause.FINISH),
        ("CANCELING", "CANCELED", Cause.FINISH),
        ("CANCELING", "CANCELED", Cause.MONITOR),
    ],
)
def test_the_published_table_is_legal(before: str, after: str, cause: Cause) -> None:
    assert is_legal(RunState[before], RunState[after], cause)


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ("QUEUED", "RUNNING", Cause.CLAIM),
        ("RUNNING", "CANCELED", Cause.FINISH),
        ("SUCCEEDED", "FAILED", Cause.MONITOR),
        ("CANCELING", "QUEUED", Cause.MONITOR),
        ("RUNNING", "QUEUED", Cause.FINISH),
    ],
)
def test_what_is_not_in_the_table_is_illegal(before: str, after: str, cause: Cause) -> None:
    assert not is_legal(RunState[before], RunState[after], cause)


def test_cancel_ends_what_waits_and_asks_what_runs() -> None:
    assert after_cancel(RunState.QUEUED) is RunState.CANCELED
    assert after_cancel(RunState.STARTING) is RunState.CANCELING
    assert after_cancel(RunState.RUNNING) is RunState.CANCELING
    assert after_cancel(RunState.CANCELING) is None
    assert all(after_cancel(state) is None for state in OVER)
    for state in set(RunState) - OVER - {RunState.CANCELING}:
        assert is_legal(state, after_cancel(state) or state, Cause.CANCEL)


def test_a_worker_ends_a_run_whether_or_not_it_was_canceled_meanwhile() -> None:
    both = (RunState.RUNNING, RunState.CANCELING)
    assert after_finish(RunState.SUCCEEDED) == Finish(both, RunState.SUCCEEDED)
    assert after_finish(RunState.FAILED) == Finish(both, RunState.FAILED)
    assert after_finish(RunState.CANCELED) == Finish((RunState.CANCELING,), RunState.CANCELED)


@pytest.mark.parametrize("state", [0, RunState.QUEUED, RunState.RUNNING, 99])
def test_a_worker_cannot_report_what_is_no_end(state: int) -> None:
    with pytest.raises(InvalidArgumentError, match="SUCCEEDED, FAILED, CANCELED"):
        after_finish(state)


def test_attempts_follow_from_timeouts_and_resumes() -> None:
    assert Attempts.of(start_timeout=180, unclaimed=30, resumes=0) == Attempts(to_start=6, to_run=1)
    assert Attempts.of(start_timeout=10, unclaimed=30, resumes=2) == Attempts(to_start=3, to_run=3)


def test_an_unclaimed_start_is_repeated_while_attempts_are_left() -> None:
    again = after_overdue(RunState.STARTING, OverdueReason.START, 1, THRICE, "", "")
    assert again is not None and again.state is RunState.QUEUED and not again.kill
    last = after_overdue(RunState.STARTING, OverdueReason.START, 3, THRICE, "", "")
    assert last is not None and last.state is RunState.FAILED and last.kill
    assert "is a launcher running" in last.message


def test_a_start_that_failed_says_why() -> None:
    verdict = after_overdue(RunState.STARTING, OverdueReason.LEASE, 1, ONCE, "", "the location starts no workers")
    assert verdict is not None and verdict.state is RunState.FAILED
    assert verdict.failure == "START_FAILED"
    assert "the location starts no workers" in verdict.message


def test_a_lost_worker_is_replaced_while_attempts_are_left() -> None:
    again = after_overdue(RunState.RUNNING, OverdueReason.LEASE, 2, THRICE, "host:1", "")
    assert again is not None and again.state is RunState.QUEUED
    last = after_overdue(RunState.RUNNING, OverdueReason.LEASE, 3, THRICE, "host:1", "signal 9")
    assert last is not None and last.state is RunState.FAILED
    for verdict in (again, last):
        assert verdict.failure == "WORKER_LOST"
        assert verdict.kill and verdict.require_lease_expired
    assert "host:1" in last.message and "signal 9" in last.message


def test_a_run_that_takes_too_long_fails_and_is_killed() -> None:
    verdict = after_overdue(RunState.RUNNING, OverdueReason.RUNTIME, 1, THRICE, "", "")
    assert verdict is not None
    assert (verdict.state, verdict.failure, verdict.kill) == (RunState.FAILED, "RUNTIME_EXCEEDED", True)


@pytest.mark.parametrize(("reason", "needs_proof"), [(OverdueReason.LEASE, True), (OverdueReason.CANCEL, False)])
def test_a_cancel_that_nobody_confirms_is_confirmed_for_the_worker(reason: OverdueReason, needs_proof: bool) -> None:
    verdict = after_overdue(RunState.CANCELING, reason, 1, THRICE, "", "")
    assert verdict is not None
    assert (verdict.state, verdict.failure, verdict.kill) == (RunState.CANCELED, "", True)
    assert verdict.require_lease_expired is needs_proof


def test_every_verdict_is_a_legal_change_by_the_monitor() -> None:
    for state, reason, attempt in itertools.product(RunState, OverdueReason, (1, 3)):
        verdict = after_overdue(state, reason, attempt, THRICE, "", "")
        if verdict is not None:
            assert is_legal(state, verdict.state, Cause.MONITOR), (state, reason)


@pytest.mark.parametrize("state", sorted({RunState.QUEUED, *OVER}))
def test_a_run_that_got_on_meanwhile_is_left_alone(state: RunState) -> None:
    assert all(after_overdue(state, reason, 1, THRICE, "", "") is None for reason in OverdueReason)
