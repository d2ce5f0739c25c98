"""Metric families of runs, of the queue and of steps."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.run_pb2 import Run, RunState
from headrace_services.coordinator.queue.deciding import Decision
from headrace_services.kit.metrics import Histogram, Metrics

# From a warm local start to a cold cluster.
_START_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0)
_ACTIVE = ("starting", "running", "canceling")
# Runs whose first step is awaited; beyond it new ones are not measured.
_MOST_AWAITED = 10_000


def state_name(state: RunState.ValueType) -> str:
    """Returns a state as labels write it."""
    return RunState.Name(state).removeprefix("RUN_STATE_").lower() if state in RunState.values() else "unknown"


def seconds_between(start: Timestamp, end: Timestamp) -> float:
    """Returns the time from one moment to another; clocks of two machines must not make it negative."""
    return max(0.0, (end.ToNanoseconds() - start.ToNanoseconds()) / 1e9)


class RunMetrics:
    """Counts what happens to runs."""

    def __init__(self, metrics: Metrics) -> None:
        self._submitted = metrics.counter("runs_submitted", "Runs that callers asked for.", ("location", "job_name"))
        self._queued = metrics.gauge("queued_runs", "Runs that wait to be admitted.")
        self._oldest = metrics.gauge("queue_oldest_age_seconds", "Age of the run that has waited longest.")
        self._active = metrics.gauge("active_runs", "Runs that hold a slot, when the queue was last read.", ("state",))
        self._decisions = metrics.counter("admission_decisions", "What became of queued runs looked at.", ("reason",))
        self._admit = _span(metrics, "run_admit_seconds", "From submit to admission.")
        self._launch = _span(metrics, "run_launch_seconds", "From admission to the worker's claim.")
        self._claim = _span(metrics, "run_claim_seconds", "From submit to the worker's claim.")
        self._first_step = _span(metrics, "run_first_step_seconds", "From submit to the start of the first step.")
        self._finished = metrics.counter("runs_finished", "Runs by final state.", ("state", "location", "job_name"))
        self._duration = metrics.histogram("run_duration_seconds", "From claim to end.", ("state",))
        self._overdue = metrics.counter(
            "runs_overdue", "Overdue runs by what was done about them.", ("reason", "state")
        )
        self._steps = metrics.histogram("step_duration_seconds", "How long attempts at steps took.", ("outcome",))
        self._retries = metrics.counter("step_retries", "Attempts at steps that failed and were repeated.")
        self._awaited: dict[str, Timestamp] = {}

    def submitted(self, run: Run) -> None:
        """Counts a run that was taken in."""
        self._submitted.add(run.location_name, run.job_name)

    def queue_read(self, queued: int, oldest: Timestamp | None, active: Iterable[Run], now: datetime) -> None:
        """Says how the queue stands."""
        self._queued.set(queued)
        self._oldest.set(0.0 if oldest is None else max(0.0, now.timestamp() - oldest.ToNanoseconds() / 1e9))
        tally = Tally(state_name(run.state) for run in active)
        for state in _ACTIVE:
            self._active.set(tally[state], state)

    def decided(self, decision: Decision) -> None:
        """Counts what became of the runs of the queue."""
        if decision.admitted:
            self._decisions.add("admitted", amount=len(decision.admitted))
        for reason, count in Tally(wait.reason.value for wait in decision.waiting.values()).items():
            self._decisions.add(reason, amount=count)

    def admitted(self, run: Run) -> None:
        """Counts a run that was let out of the queue."""
        self._admit.observe(seconds_between(run.create_time, run.admit_time))

    def claimed(self, run: Run) -> None:
        """Counts a run that a worker has claimed."""
        self._claim.observe(seconds_between(run.create_time, run.start_time))
        self._launch.observe(seconds_between(run.admit_time, run.start_time))
        if run.attempt == 1 and len(self._awaited) < _MOST_AWAITED:
            self._awaited[run.run_id] = run.create_time

    def reported(self, run_id: str, events: Iterable[Event]) -> None:
        """Counts what a worker reports of its steps."""
        for event in events:
            kind = event.WhichOneof("detail")
            if kind == "step_started":
                create_time = self._awaited.pop(run_id, None)
                if create_time is not None:
                    self._first_step.observe(seconds_between(create_time, event.event_time))
            elif kind == "step_succeeded":
                self._steps.observe(event.step_succeeded.duration.ToNanoseconds() / 1e9, "succeeded")
            elif kind == "step_failed":
                self._steps.observe(event.step_failed.duration.ToNanoseconds() / 1e9, "failed")
            elif kind == "step_retry_scheduled":
                self._retries.add()

    def changed(self, run: Run) -> None:
        """Counts a run that is over."""
        if not run.HasField("finish_time"):
            return
        self._awaited.pop(run.run_id, None)
        state = state_name(run.state)
        self._finished.add(state, run.location_name, run.job_name)
        if run.HasField("start_time"):
            self._duration.observe(seconds_between(run.start_time, run.finish_time), state)

    def overdue(self, reason: str, run: Run) -> None:
        """Counts what the monitor did about a run."""
        self._overdue.add(reason, state_name(run.state))
        self.changed(run)


class PoolMetrics:
    """Counts what workers wait for slots of pools."""

    def __init__(self, metrics: Metrics) -> None:
        self._waiting = metrics.gauge("pool_waiting_workers", "Workers whose steps wait for slots of pools.")
        self._seconds = metrics.histogram("pool_wait_seconds", "How long workers waited for a slot, call by call.")

    def waiting(self, workers: int) -> None:
        """Says how many wait."""
        self._waiting.set(workers)

    def waited(self, workers: int, seconds: float) -> None:
        """Counts one that waits no longer."""
        self._waiting.set(workers)
        self._seconds.observe(seconds)


def _span(metrics: Metrics, name: str, text: str) -> Histogram:
    return metrics.histogram(name, text, buckets=_START_BUCKETS)
