"""What must hold whatever was killed: one pure function per promise, each returning the violations, a line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from headrace.client.automation import Tick
from headrace.client.events import RunEvent
from headrace.client.runs import Run

Log = Sequence[RunEvent]

OVER = frozenset({"succeeded", "failed", "canceled"})
# Written down here once more, from the published table: a test that read the product's own would prove nothing.
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


def lost_runs(accepted: Iterable[str], runs: Mapping[str, Run]) -> list[str]:
    """Accepted is durable: every run that was acknowledged exists and ends."""
    missing = [f"{run_id}: accepted, and unknown now" for run_id in accepted if run_id not in runs]
    unfinished = [f"{run.run_id}: still {run.state}" for run in runs.values() if run.finish_time is None]
    return missing + unfinished


def doubled_runs(accepted: Sequence[str], runs: Mapping[str, Run]) -> list[str]:
    """Safe retries: a submission that was repeated made one run."""
    repeated = [
        f"{run_id}: answered for {count} submissions" for run_id, count in Counter(accepted).items() if count > 1
    ]
    return repeated + [f"{run_id}: nobody was told of it" for run_id in runs.keys() - set(accepted)]


def gaps(logs: Mapping[str, Log]) -> list[str]:
    """Gap-free log: a run's events are 1..n."""
    return [
        f"{run_id}: sequences {[event.sequence for event in log]}"
        for run_id, log in logs.items()
        if [event.sequence for event in log] != list(range(1, len(log) + 1))
    ]


def illegal_histories(logs: Mapping[str, Log]) -> list[str]:
    """Legal histories: states follow the table, and nothing follows the end."""
    violations = []
    for run_id, log in logs.items():
        states = ["", *(state_of(event) for event in log if event.kind == "run_state_changed")]
        wrong = [
            f"{before or 'nothing'} -> {after}" for before, after in pairwise(states) if (before, after) not in LEGAL
        ]
        violations += [f"{run_id}: {change}" for change in wrong]
        if states[-1] not in OVER:
            violations.append(f"{run_id}: its log ends as {states[-1]}")
    return violations


def events_after_the_end(logs: Mapping[str, Log]) -> list[str]:
    """Exact reports: nothing is stored of a run that is over."""
    return [
        f"{run_id}: ends with {log[-1].kind}"
        for run_id, log in logs.items()
        if log and log[-1].kind != "run_state_changed"
    ]


def steps_done_twice(logs: Mapping[str, Log]) -> list[str]:
    """Exact reports: within one attempt of a run a step succeeds at most once."""
    violations = []
    for run_id, log in logs.items():
        attempt = 0
        done: Counter[tuple[int, str]] = Counter()
        for event in log:
            if event.kind == "run_state_changed" and state_of(event) == "starting":
                attempt += 1
            elif event.kind == "step_succeeded":
                done[attempt, event.step_key] += 1
        violations += [f"{run_id}: {step} {count} times" for (_, step), count in done.items() if count > 1]
    return violations


def wrong_ticks(ticks: Mapping[str, Sequence[Tick]], first: datetime, last: datetime) -> list[str]:
    """Exact ticks: one per schedule and minute, none left out, none doubled."""
    minutes = [first + timedelta(minutes=number) for number in range(int((last - first).total_seconds() // 60) + 1)]
    violations = []
    for name, of_schedule in ticks.items():
        counts = Counter(tick.due_time for tick in of_schedule)
        violations += [f"{name}: {counts[minute]} ticks for {minute}" for minute in minutes if counts[minute] != 1]
        violations += [f"{name}: {tick.due_time} {tick.result}" for tick in of_schedule if tick.result != "succeeded"]
    return violations


def wrong_scheduled_runs(runs: Iterable[Run], ticks: Mapping[str, Sequence[Tick]]) -> list[str]:
    """Exact ticks: every tick made exactly the run it says, and nothing else made one."""
    said = Counter(run_id for of_schedule in ticks.values() for tick in of_schedule for run_id in tick.run_ids)
    made = {run.run_id: (run.tags["schedule"], run.tags["due"]) for run in runs}
    violations = [f"{run_id}: named by {count} ticks" for run_id, count in said.items() if count != 1]
    violations += [f"{run_id}: named by a tick, and unknown" for run_id in said.keys() - made.keys()]
    violations += [f"{run_id}: no tick names it" for run_id in made.keys() - said.keys()]
    per_due = Counter(made.values())
    return violations + [f"schedule {key}: {count} runs" for key, count in per_due.items() if count != 1]


def state_of(event: RunEvent) -> str:
    """The state that a change of state leads to."""
    return str(event.detail["state"])
