"""The scheduler's metric families."""

from __future__ import annotations

from headrace_services.kit.metrics import Metrics

_LATENESS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3600.0)
_DURATION = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class SchedulerMetrics:
    """Counts ticks and what came of them."""

    def __init__(self, metrics: Metrics) -> None:
        labels = ("kind", "location")
        self._ticks = metrics.counter("ticks", "Ticks by result.", (*labels, "result"))
        self._late = metrics.histogram(
            "tick_lateness_seconds",
            "From the moment a tick was due to the start of its evaluation.",
            ("kind",),
            buckets=_LATENESS,
        )
        self._seconds = metrics.histogram(
            "tick_duration_seconds", "From the start of an evaluation to its commit.", ("kind",), buckets=_DURATION
        )
        self._requests = metrics.counter("run_requests", "Runs that ticks made.", labels)
        self._retries = metrics.counter("tick_retries", "Evaluations that were put off.", (*labels, "reason"))
        self._woken = metrics.counter("sensor_wake_ups", "Events that woke a sensor, by its location.", ("location",))
        self._active = metrics.gauge("active_instigators", "Schedules and sensors that are on.", ("kind",))

    def committed(self, kind: str, location: str, result: str, runs: int, late: float | None, seconds: float) -> None:
        """Counts a tick that was committed, or found committed by somebody else; `late` is None if it was not due."""
        self._ticks.add(kind, location, result)
        if late is not None:
            self._late.observe(max(0.0, late), kind)
        self._seconds.observe(seconds, kind)
        if runs:
            self._requests.add(kind, location, amount=runs)

    def put_off(self, kind: str, location: str, reason: str) -> None:
        """Counts an evaluation that is to be repeated."""
        self._retries.add(kind, location, reason)

    def woken(self, location: str) -> None:
        """Counts a sensor that an event woke."""
        self._woken.add(location)

    def active(self, kind: str, count: int) -> None:
        """Says how many are on."""
        self._active.set(count, kind)
