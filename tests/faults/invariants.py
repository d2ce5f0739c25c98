"""What must hold whatever was killed: one pure function per promise, each returning its violations, a line each.

They know nothing of the product but what is published: the table of states is written down here once more, because a
test that read the product's own would prove nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from faults.history import History
from faults.survey import Fact, StoredRun, StoredTick, Survey
from faults.witness import Sighting

OVER = frozenset({"succeeded", "failed", "canceled"})
ACTIVE = frozenset({"starting", "running", "canceling"})
HELD = frozenset({"running", "canceling"})
LEGAL = frozenset(
    {
        ("", "queued"),
        ("queued", "starting"),
        ("queued", "canceled"),
        ("starting", "running"),
        ("starting", "queued"),
        ("starting", "failed"),
        ("starting", "canceling"),
        ("running", "succeeded"),
        ("running", "failed"),
        ("running", "queued"),
        ("running", "canceling"),
        ("canceling", "succeeded"),
        ("canceling", "failed"),
        ("canceling", "canceled"),
    }
)
Violations = list[str]
_T = TypeVar("_T", Fact, Sighting)


def lost_runs(history: History, runs: Sequence[StoredRun]) -> Violations:
    """P1: what was accepted is there, and comes to an end."""
    known = {run.run_id for run in runs}
    missing = {each.run_id for each in history.of_kind("submit") if each.run_id not in known}
    unfinished = [run for run in runs if run.state not in OVER or run.finish_time is None]
    return [f"{run_id}: accepted, and unknown now" for run_id in sorted(missing)] + [
        f"{run.run_id}: still {run.state}" for run in unfinished
    ]


def double_claims(facts: Sequence[Fact], sightings: Sequence[Sighting]) -> Violations:
    """P2: an attempt is claimed once, its user code starts in one process, and workers of a run take turns."""
    claims = Counter((fact.run_id, fact.run_attempt) for fact in facts if fact.state == "running")
    found = [f"{run_id}: attempt {attempt} was claimed {n} times" for (run_id, attempt), n in claims.items() if n > 1]
    claimed = Counter(run_id for run_id, _ in claims)
    for run_id, lines in _by_run(sightings).items():
        workers = [worker for worker, _ in groupby(line.worker for line in lines)]
        if len(workers) > len(set(workers)):
            found.append(f"{run_id}: user code of {workers} took turns: two workers at once")
        if len(set(workers)) > claimed[run_id]:
            found.append(f"{run_id}: user code of {len(set(workers))} workers, and {claimed[run_id]} claims")
    return found + _steps_twice_at_once(sightings)


def _steps_twice_at_once(sightings: Sequence[Sighting]) -> Violations:
    attempts: dict[tuple[str, int, str, int], set[int]] = defaultdict(set)
    for line in sightings:
        attempts[line.run_id, line.worker, line.step, line.attempt].add(line.pid)
    return [
        f"{run_id}: attempt {attempt} of {step} ran in processes {sorted(pids)}"
        for (run_id, _, step, attempt), pids in attempts.items()
        if len(pids) > 1
    ]


def illegal_transitions(runs: Sequence[StoredRun], facts: Sequence[Fact]) -> Violations:
    """P3: states follow the table, nothing follows the end, and the run's row says what its last event says."""
    found = []
    rows = {run.run_id: run for run in runs}
    for run_id, changes in _by_run(_changes(facts)).items():
        before, attempt = "", 0
        for change in changes:
            attempt += change.state == "starting"
            if change.before != before or (before, change.state) not in LEGAL:
                found.append(f"{run_id}: {before or 'nothing'} -> {change.state}, said to be from {change.before}")
            if change.run_attempt != attempt:
                found.append(f"{run_id}: {change.state} of attempt {change.run_attempt}, it is attempt {attempt}")
            before = change.state
        row = rows.pop(run_id, None)
        if row is None or (row.state, row.attempt) != (before, attempt):
            found.append(f"{run_id}: its log ends as {before} in attempt {attempt}, its row says {row}")
    return found + [f"{run_id}: has no events" for run_id in rows]


def gaps(runs: Sequence[StoredRun], facts: Sequence[Fact]) -> Violations:
    """P4: a run's events are 1..n, in the order in which they were committed, and its row knows n."""
    logs = _by_run(facts)
    return [
        f"{run.run_id}: events {[fact.sequence for fact in logs.get(run.run_id, ())]}, its row says {run.last_sequence}"
        for run in runs
        if [fact.sequence for fact in logs.get(run.run_id, ())] != list(range(1, run.last_sequence + 1))
    ]


def feed_vs_table(delivered: Sequence[Fact], facts: Sequence[Fact]) -> Violations:
    """P5: from the first event it saw, a reader of the feed saw each once, as it is, each run's in order."""
    table = [(fact.run_id, fact.sequence) for fact in facts]
    seen = [(fact.run_id, fact.sequence) for fact in delivered]
    if not seen:
        return ["the reader saw nothing"]
    if seen[0] not in table:
        return [f"{seen[0]}: seen, and not stored"]
    expected = set(table[table.index(seen[0]) :])
    found = [f"{key}: delivered {count} times" for key, count in Counter(seen).items() if count > 1]
    found += [f"{key}: never delivered" for key in sorted(expected - set(seen))]
    found += [f"{key}: delivered, and not stored" for key in sorted(set(seen) - expected)]
    stored = {(fact.run_id, fact.sequence): fact.digest for fact in facts}
    found += [
        f"{fact.run_id}: event {fact.sequence} was another when it was delivered"
        for fact in delivered
        if stored.get((fact.run_id, fact.sequence), fact.digest) != fact.digest
    ]
    for run_id, log in _by_run(delivered).items():
        numbers = [fact.sequence for fact in log]
        if numbers != sorted(numbers):
            found.append(f"{run_id}: delivered in the order {numbers}")
    return found


def duplicate_or_stale_events(facts: Sequence[Fact]) -> Violations:
    """P6: what a worker reports is stored once, while it holds the run and never after somebody took over.

    Events carry the moment at which they happened: none is like another. User code logs lines that begin with the worker
    they come from.
    """
    found = []
    for run_id, log in _by_run(facts).items():
        copies = Counter((fact.kind, fact.step_key, fact.text, fact.digest) for fact in log)
        found += [f"{run_id}: stored {count} times: {what}" for what, count in copies.items() if count > 1]
        holders: dict[str, int] = {}
        for number, reported in enumerate(_tenures(log)):
            if reported.state not in HELD and reported.facts:
                found.append(f"{run_id}: events {_numbers(reported.facts)} while it was {reported.state}")
            for worker in {fact.text.partition(" ")[0] for fact in reported.facts if fact.text}:
                if holders.setdefault(worker, number) != number:
                    found.append(f"{run_id}: events of worker {worker} after somebody took over")
            done = Counter(fact.step_key for fact in reported.facts if fact.kind == "step_succeeded")
            found += [f"{run_id}: {step} succeeded {n} times in one attempt" for step, n in done.items() if n > 1]
    return found


@dataclass(frozen=True, slots=True)
class _Tenure:
    """What was reported between a change of who holds a run and the next."""

    state: str
    facts: Sequence[Fact]


def _tenures(log: Iterable[Fact]) -> list[_Tenure]:
    state, reported, found = "", list[Fact](), []
    for fact in log:
        if fact.kind != "run_state_changed":
            reported.append(fact)
        elif not (state in HELD and fact.state in HELD):
            found.append(_Tenure(state, reported))
            state, reported = fact.state, []
    return [*found, _Tenure(state, reported)]


def ticks_vs_cron(
    ticks: Sequence[StoredTick], runs: Sequence[StoredRun], due: Mapping[str, Collection[datetime]]
) -> Violations:
    """P7: one tick per schedule and due time, which made one run, and no run but those.

    Args:
        ticks: Of these schedules, between the first due time and the last.
        runs: Those that these schedules asked for, with the due time as their run key.
        due: When each schedule was due.
    """
    stored = Counter((tick.name, tick.due_time) for tick in ticks)
    wanted = {(name, moment) for name, moments in due.items() for moment in moments}
    found = [f"{name}: no tick for {moment}" for name, moment in sorted(wanted - stored.keys())]
    found += [f"{name}: a tick for {moment}, which was not due" for name, moment in sorted(stored.keys() - wanted)]
    found += [f"{name}: {count} ticks for {moment}" for (name, moment), count in stored.items() if count > 1]
    found += [f"{tick.name}: {tick.due_time} {tick.result}" for tick in ticks if tick.result != "succeeded"]
    named = Counter(run_id for tick in ticks for run_id in tick.run_ids)
    found += [f"{tick.name}: {tick.due_time} made {tick.run_ids}" for tick in ticks if len(tick.run_ids) != 1]
    found += [f"{run_id}: named by {count} ticks" for run_id, count in named.items() if count > 1]
    made = {run.run_id for run in runs}
    found += [f"{run_id}: named by a tick, and unknown" for run_id in sorted(named.keys() - made)]
    found += [f"{run_id}: made by no tick" for run_id in sorted(made - named.keys())]
    asked = Counter((run.instigator, run.tags.get("due")) for run in runs)
    return found + [f"{name}: {count} runs for {moment}" for (name, moment), count in asked.items() if count > 1]


def sensor_atomicity(name: str, survey: Survey) -> Violations:
    """P8: a sensor's cursor and its runs commit together, and a run key makes one run.

    The sensor counts in its cursor, and asks for one run per number, with the number as its key.
    """
    cursor = int(survey.cursors.get(name) or 0)
    runs = [run for run in survey.runs if run.instigator == name]
    keys = Counter(run.run_key for run in runs)
    expected = {str(number) for number in range(cursor)}
    found = [f"{name}: key {key} made {count} runs" for key, count in keys.items() if count > 1]
    found += [f"{name}: the cursor is {cursor}, and key {key} made no run" for key in sorted(expected - keys.keys())]
    found += [f"{name}: the cursor is {cursor}, and key {key} made a run" for key in sorted(keys.keys() - expected)]
    used = {key: run_id for (of, key), run_id in survey.run_keys.items() if of == name}
    made = {run.run_key: run.run_id for run in runs}
    return found + [f"{name}: key {key} is kept for {used.get(key)}" for key in made if used.get(key) != made[key]]


def canceled_runs_that_went_on(
    history: History, survey: Survey, sightings: Sequence[Sighting], grace: float, bound: float
) -> Violations:
    """P9: after an acknowledged cancel no step starts beyond the grace, and the run is over within the bound."""
    canceled = {each.run_id: each.ended for each in reversed([*history.of_kind("cancel")])}
    found = [
        f"{line.run_id}: {line.step} began {line.time - canceled[line.run_id]:.2f} s after the cancel"
        for line in sightings
        if line.what == "start" and line.time > canceled.get(line.run_id, float("inf")) + grace
    ]
    finished = {run.run_id: run.finish_time for run in survey.runs}
    asked = {fact.run_id: fact.time for fact in survey.facts if fact.state == "canceling"}
    for run_id in canceled.keys() & asked.keys():
        seconds = ((finished.get(run_id) or 10**18) - asked[run_id]) / 1e6
        if seconds > bound:
            found.append(f"{run_id}: ended {seconds:.1f} s after it was canceled")
    return found


def exceeded_limits(facts: Sequence[Fact], limit: int) -> Violations:
    """P10: never are more runs in progress than may be, in the order in which changes were committed."""
    active: set[str] = set()
    found = []
    for change in _changes(facts):
        if change.state in ACTIVE:
            active.add(change.run_id)
        else:
            active.discard(change.run_id)
        if len(active) > limit:
            found.append(f"{change.run_id}: became {change.state} as number {len(active)} of {limit}")
    return found


def repeated_effects(history: History, runs: Sequence[StoredRun]) -> Violations:
    """P11: a submission that was repeated made one run, and every run was asked for."""
    answers: dict[str, set[str]] = defaultdict(set)
    for operation in history.of_kind("submit"):
        answers[operation.key].add(operation.run_id)
    found = [f"request {key}: answered with {sorted(ids)}" for key, ids in answers.items() if len(ids) > 1]
    requests: dict[str, set[str]] = defaultdict(set)
    for key, ids in answers.items():
        for run_id in ids:
            requests[run_id].add(key)
    found += [f"{run_id}: answer to requests {sorted(keys)}" for run_id, keys in requests.items() if len(keys) > 1]
    maybe = {each.key for each in history.of_kind("submit", "unknown")}
    strangers = [run for run in runs if not run.instigator and run.run_id not in requests.keys() | maybe]
    return found + [f"{run.run_id}: nobody asked for it" for run in strangers]


def _changes(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind == "run_state_changed"]


def _numbers(facts: Iterable[Fact]) -> list[int]:
    return [fact.sequence for fact in facts]


def _by_run(each: Iterable[_T]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = defaultdict(list)
    for one in each:
        found[one.run_id].append(one)
    return found
