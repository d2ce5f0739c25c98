"""The metrics that every process has, and the means to declare more."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import datetime

import prometheus_client as prometheus

from headrace.rpc.methods import Method
from headrace.version import version
from headrace_services.kit.metrics.families import Counter, Gauge, Histogram, make

PREFIX = "headrace_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# From an in-process call to a user's evaluation.
CALL_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
# From a warm start to a day's run.
SPAN_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)


class Metrics:
    """One process's metrics, in a registry of its own.

    It is the `CallObserver` of every server in the process. Services declare their families once, at build time:
    `runs = metrics.counter("runs_finished", "Runs by final state.", ("state", "job_name"))`, then `runs.add(state, job_name)`.
    """

    def __init__(self) -> None:
        # A second series per series that says when it began is of no use to Prometheus's text format.
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=self.registry)
        self._declared: dict[str, Counter | Gauge | Histogram] = {}
        build = self.gauge("build_info", "What runs here; always 1.", ("version", "python"))
        build.set(1, version(), platform.python_version())
        self._calls = self.counter(
            "rpc_server_handled", "Calls answered, in this process's own calls too.", ("rpc_service", "method", "code")
        )
        self._call_seconds = self.histogram(
            "rpc_server_handling_seconds", "How long answers took.", ("rpc_service", "method"), buckets=CALL_BUCKETS
        )
        self._calls_open = self.gauge(
            "rpc_server_open_calls", "Calls and streams in progress.", ("rpc_service", "method")
        )
        self._loop_success = self.gauge(
            "loop_last_success_timestamp_seconds", "When a loop last ended a tick well.", ("loop",)
        )
        # Some loops tick each second, some each hour: only this tells whether one is late.
        self._loop_due = self.gauge(
            "loop_due_timestamp_seconds", "When a loop ticks again at the latest, unless it fails.", ("loop",)
        )
        self._loop_seconds = self.histogram(
            "loop_tick_seconds", "How long ticks took.", ("loop",), buckets=CALL_BUCKETS
        )
        self._loop_failures = self.counter("loop_failures", "Ticks that failed.", ("loop",))

    def counter(self, name: str, text: str, labels: Sequence[str] = (), *, most_values: int = 100) -> Counter:
        """Declares `headrace_<name>_total`, or returns it if it was declared before.

        Args:
            name: Without prefix and without `_total`.
            text: One sentence for whoever reads the scrape.
            labels: Names of labels; give their values in this order to `add`.
            most_values: How many distinct values each label may have before new ones count as "other".
        """
        if name not in self._declared:
            family = make("counter", self.registry, PREFIX + name, text, labels)
            self._declared[name] = Counter(family, labels, most_values)
        found = self._declared[name]
        assert isinstance(found, Counter), f"{name} is declared as another kind"
        return found

    def gauge(self, name: str, text: str, labels: Sequence[str] = (), *, most_values: int = 100) -> Gauge:
        """Declares `headrace_<name>`, or returns it if it was declared before."""
        if name not in self._declared:
            family = make("gauge", self.registry, PREFIX + name, text, labels)
            self._declared[name] = Gauge(family, labels, most_values)
        found = self._declared[name]
        assert isinstance(found, Gauge), f"{name} is declared as another kind"
        return found

    def histogram(
        self,
        name: str,
        text: str,
        labels: Sequence[str] = (),
        *,
        buckets: Sequence[float] = SPAN_BUCKETS,
        most_values: int = 100,
    ) -> Histogram:
        """Declares `headrace_<name>`, whose name says its unit, or returns it if it was declared before."""
        if name not in self._declared:
            family = make("histogram", self.registry, PREFIX + name, text, labels, buckets=tuple(buckets))
            self._declared[name] = Histogram(family, labels, most_values)
        found = self._declared[name]
        assert isinstance(found, Histogram), f"{name} is declared as another kind"
        return found

    def exposition(self) -> bytes:
        """Returns every series in Prometheus's text format."""
        return prometheus.generate_latest(self.registry)

    def call_started(self, method: Method) -> None:
        """Counts a call that has come in."""
        self._calls_open.add(method.service, method.name)

    def call_ended(self, method: Method, code: str, seconds: float) -> None:
        """Counts a call that was answered."""
        self._calls_open.add(method.service, method.name, amount=-1)
        self._calls.add(method.service, method.name, code)
        self._call_seconds.observe(seconds, method.service, method.name)

    def loop_succeeded(self, loop: str, seconds: float, now: datetime, wait: float) -> None:
        """Counts a tick that ended well; the next one is due after `wait` seconds."""
        self._loop_success.set(now.timestamp(), loop)
        self._loop_due.set(now.timestamp() + wait, loop)
        self._loop_seconds.observe(seconds, loop)

    def loop_failed(self, loop: str, seconds: float) -> None:
        """Counts a tick that failed."""
        self._loop_failures.add(loop)
        self._loop_seconds.observe(seconds, loop)
