"""Each promise's check passes what is right and catches every violation that is planted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from faults import invariants
from faults.history import History, Operation
from faults.survey import Fact, StoredRun, StoredTick, Survey
from faults.witness import Sighting, What
from headrace.errors import QueueFullError, UnavailableError

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
PLAIN = "queued starting running step_started:a log:7-1 step_succeeded:a succeeded"
LOST = "queued starting running log:7-1 queued starting running log:8-1 step_succeeded:a succeeded"
CANCELED = "queued starting running log:7-1 canceling log:7-2 canceled"


def log(words: str, run_id: str = "r", first_position: int = 1) -> list[Fact]:
    """Events from words: a state, `kind:step`, or `log:worker-number`."""
    facts: list[Fact] = []
    before, attempt = "", 0
    for number, word in enumerate(words.split(), 1):
        kind, _, about = word.partition(":")
        base = Fact(
            run_id, number, kind, (first_position + number, number), number * 1_000_000, digest=f"{number} {word}"
        )
        if kind == "log":
            fact = replace(base, kind="log_recorded", text=about.replace("-", " "), step_key="a", digest=word)
        elif about:
            fact = replace(base, step_key=about)
        else:
            attempt += kind == "starting"
            fact = replace(base, kind="run_state_changed", state=kind, before=before, run_attempt=attempt)
            before = kind
        facts.append(fact)
    return facts


def row(facts: list[Fact]) -> StoredRun:
    last = [fact for fact in facts if fact.state][-1]
    over = last.time if last.state in invariants.OVER else None
    return StoredRun(last.run_id, last.state, last.run_attempt, len(facts), 0, over)


def line(worker: int, what: What = "start", *, step: str = "a", pid: int = 0, time: float = 1.0) -> Sighting:
    return Sighting("r", worker, pid or worker, step, 0, what, time)


def submitted(*answers: tuple[str, str]) -> History:
    return History([Operation("submit", key, 0.0, 1.0, "ok", run_id) for key, run_id in answers])


def test_operations_are_recorded_as_what_the_client_knows() -> None:
    history = History()

    def refused(error: Exception) -> str:
        raise error

    history.record("submit", "1", lambda: "r")
    history.record("submit", "2", lambda: refused(UnavailableError("gone")))
    history.record("submit", "3", lambda: refused(QueueFullError("full")))
    assert [each.outcome for each in history] == ["ok", "unknown", "fail"]


@pytest.mark.parametrize("words", [PLAIN, LOST, CANCELED, "queued canceled"])
def test_right_logs_pass(words: str) -> None:
    facts = log(words)
    assert invariants.illegal_transitions([row(facts)], facts) == []
    assert invariants.gaps([row(facts)], facts) == []
    assert invariants.duplicate_or_stale_events(facts) == []
    assert invariants.feed_vs_table(facts, facts) == []
    assert invariants.exceeded_limits(facts, 1) == []
    assert invariants.lost_runs(submitted(("k", "r")), [row(facts)]) == []


# P1
def test_an_accepted_run_that_is_gone_is_found() -> None:
    assert invariants.lost_runs(submitted(("k", "r")), [])


def test_a_run_that_never_ends_is_found() -> None:
    assert invariants.lost_runs(submitted(("k", "r")), [row(log("queued starting running"))])


# P2
def test_workers_that_take_turns_are_fine() -> None:
    assert invariants.double_claims(log(LOST), [line(7), line(8), line(8, "stop")]) == []


def test_two_workers_at_once_are_found() -> None:
    assert invariants.double_claims(log(LOST), [line(7), line(8), line(7, "work")])


def test_user_code_without_a_claim_is_found() -> None:
    assert invariants.double_claims(log(PLAIN), [line(7), line(8)])


def test_an_attempt_that_was_claimed_twice_is_found() -> None:
    twice = log("queued starting running running succeeded")
    assert invariants.double_claims(twice, [])


def test_a_step_attempt_in_two_processes_is_found() -> None:
    assert invariants.double_claims(log(PLAIN), [line(7, pid=20), line(7, pid=21)])


# P3
@pytest.mark.parametrize(
    "words",
    [
        "queued running succeeded",
        "queued starting running succeeded failed",
        "queued starting running succeeded succeeded",
        "starting running succeeded",
        "queued starting canceled",
    ],
)
def test_an_illegal_history_is_found(words: str) -> None:
    facts = log(words)
    assert invariants.illegal_transitions([row(facts)], facts)


def test_a_change_without_its_event_is_found() -> None:
    facts = log(PLAIN)
    assert invariants.illegal_transitions([replace(row(facts), state="failed")], facts)
    assert invariants.illegal_transitions([replace(row(facts), attempt=2)], facts)
    assert invariants.illegal_transitions([row(facts), StoredRun("other", "queued")], facts)


def test_an_event_that_belies_the_state_before_is_found() -> None:
    facts = log(PLAIN)
    facts[-1] = replace(facts[-1], before="queued")
    assert invariants.illegal_transitions([row(facts)], facts)


# P4
def test_a_gap_is_found() -> None:
    facts = log(PLAIN)
    assert invariants.gaps([row(facts)], facts[:3] + facts[4:])


def test_events_that_were_committed_out_of_order_are_found() -> None:
    facts = log(PLAIN)
    assert invariants.gaps([row(facts)], [facts[1], facts[0], *facts[2:]])


def test_a_row_that_counts_wrongly_is_found() -> None:
    facts = log(PLAIN)
    assert invariants.gaps([replace(row(facts), last_sequence=99)], facts)


# P5
def test_a_reader_may_begin_late() -> None:
    facts = log(PLAIN)
    assert invariants.feed_vs_table(facts[2:], facts) == []


@pytest.mark.parametrize(
    ("what", "delivered"),
    [
        ("missed", lambda facts: facts[:3] + facts[4:]),
        ("doubled", lambda facts: [*facts[:3], facts[2], *facts[3:]]),
        ("reordered", lambda facts: [facts[0], facts[2], facts[1], *facts[3:]]),
        ("changed", lambda facts: [*facts[:-1], replace(facts[-1], digest="other")]),
        ("invented", lambda facts: [*facts, replace(facts[-1], sequence=99)]),
        ("silent", lambda facts: []),
    ],
)
def test_a_feed_that_is_not_the_table_is_found(what: str, delivered: object) -> None:
    facts = log(PLAIN)
    assert invariants.feed_vs_table(delivered(facts), facts), what  # type: ignore[operator]


# P6
@pytest.mark.parametrize(
    "words",
    [
        "queued starting running log:7-1 log:7-1 succeeded",
        "queued starting running log:7-1 queued log:7-2 starting running succeeded",
        "queued starting running log:7-1 queued starting running log:7-2 succeeded",
        "queued starting running succeeded log:7-1",
        "queued starting log:7-1 running succeeded",
        "queued starting running step_succeeded:a step_succeeded:a succeeded",
    ],
)
def test_doubled_and_stale_events_are_found(words: str) -> None:
    assert invariants.duplicate_or_stale_events(log(words))


def test_a_copy_of_an_event_is_found() -> None:
    facts = log(PLAIN)
    assert invariants.duplicate_or_stale_events([*facts[:4], replace(facts[3], sequence=5), *facts[4:]])


# P7
DUE = {"s": [NOON, NOON + timedelta(minutes=1)]}
TICKS = [StoredTick("s", moment, "succeeded", (f"r{number}",)) for number, moment in enumerate(DUE["s"])]
RUNS = [StoredRun(f"r{number}", "succeeded", instigator="s", tags={"due": str(number)}) for number in range(2)]


def test_one_tick_and_one_run_per_due_time_pass() -> None:
    assert invariants.ticks_vs_cron(TICKS, RUNS, DUE) == []


@pytest.mark.parametrize(
    ("what", "ticks", "runs"),
    [
        ("a lost tick", TICKS[:1], RUNS[:1]),
        ("a doubled tick", [*TICKS, replace(TICKS[0], run_ids=("r2",))], [*RUNS, replace(RUNS[0], run_id="r2")]),
        ("a tick out of time", [*TICKS, replace(TICKS[0], due_time=NOON + timedelta(seconds=1))], RUNS),
        ("a failed tick", [TICKS[0], replace(TICKS[1], result="failed")], RUNS),
        ("a tick without its run", TICKS, RUNS[:1]),
        ("a run without its tick", TICKS, [*RUNS, replace(RUNS[0], run_id="r2", tags={"due": "2"})]),
        ("two runs for one due time", TICKS, [RUNS[0], replace(RUNS[1], tags={"due": "0"})]),
    ],
)
def test_wrong_ticks_are_found(what: str, ticks: list[StoredTick], runs: list[StoredRun]) -> None:
    assert invariants.ticks_vs_cron(ticks, runs, DUE), what


# P8
COUNTED = [StoredRun(f"r{key}", "succeeded", instigator="s", run_key=key) for key in "01"]
KEYS = {("s", "0"): "r0", ("s", "1"): "r1"}


def test_a_cursor_that_matches_its_runs_passes() -> None:
    assert invariants.sensor_atomicity("s", Survey(COUNTED, cursors={"s": "2"}, run_keys=KEYS)) == []


@pytest.mark.parametrize(
    ("what", "survey"),
    [
        ("the cursor moved without its run", Survey(COUNTED[:1], cursors={"s": "2"}, run_keys=KEYS)),
        ("the run without the cursor", Survey(COUNTED, cursors={"s": "1"}, run_keys=KEYS)),
        ("a key twice", Survey([*COUNTED, replace(COUNTED[0], run_id="x")], cursors={"s": "2"}, run_keys=KEYS)),
        ("a key that is kept for another", Survey(COUNTED, cursors={"s": "2"}, run_keys={**KEYS, ("s", "1"): "x"})),
    ],
)
def test_a_sensor_that_is_not_atomic_is_found(what: str, survey: Survey) -> None:
    assert invariants.sensor_atomicity("s", survey), what


# P9
def canceled(*sightings: Sighting, words: str = CANCELED) -> list[str]:
    facts = log(words)
    history = History([Operation("cancel", "r", 9.0, 10.0, "ok", "r"), Operation("cancel", "r", 19.0, 20.0, "ok", "r")])
    survey = Survey([row(facts)], facts)
    return invariants.canceled_runs_that_went_on(history, survey, sightings, grace=1.0, bound=5.0)


def test_a_canceled_run_may_finish_what_it_is_doing() -> None:
    assert canceled(line(7, time=9.0), line(7, time=10.5), line(7, "work", time=12.0)) == []


def test_a_step_that_begins_after_the_cancel_is_found() -> None:
    assert canceled(line(7, time=11.5))


def test_a_canceled_run_that_takes_too_long_is_found() -> None:
    slow = "queued starting running canceling " + " ".join(f"log:7-{number}" for number in range(8)) + " canceled"
    assert canceled(words=slow)


# P10
def test_more_runs_than_may_be_are_found() -> None:
    begun = "queued starting running succeeded"
    facts = sorted(log(begun, "r") + log(begun, "q"), key=lambda fact: fact.sequence)
    assert invariants.exceeded_limits(facts, 1)
    assert invariants.exceeded_limits(facts, 2) == []


def test_a_run_that_waits_for_its_cancel_holds_its_slot() -> None:
    facts = log("queued starting running canceling", "r") + log("queued starting", "q")
    assert invariants.exceeded_limits(facts, 1)


# P11
def test_a_repeated_submission_that_made_one_run_passes() -> None:
    history = submitted(("k", "r"), ("k", "r"))
    history.operations.append(Operation("submit", "maybe", 0.0, 1.0, "unknown"))
    assert invariants.repeated_effects(history, [StoredRun("r", "queued"), StoredRun("maybe", "queued")]) == []


@pytest.mark.parametrize(
    ("what", "history", "runs"),
    [
        ("two answers to one request", submitted(("k", "r"), ("k", "q")), ["r", "q"]),
        ("one answer to two requests", submitted(("k", "r"), ("l", "r")), ["r"]),
        ("a second run of a request", submitted(("k", "r")), ["r", "q"]),
    ],
)
def test_a_repetition_with_an_effect_is_found(what: str, history: History, runs: list[str]) -> None:
    assert invariants.repeated_effects(history, [StoredRun(run_id, "queued") for run_id in runs]), what
