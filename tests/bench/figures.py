"""What is measured, in which unit, and what Headrace must reach on two cores."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from side import Side, cpu_seconds, proportional_megabytes

IDLE_SECONDS = 20.0
SETTLE_SECONDS = 3.0


@dataclass(frozen=True)
class Figure:
    """One row of the table; smaller is better for all of them."""

    key: str
    title: str
    unit: str
    limit: float
    measure: Callable[[Side, int], float]


def first_line(side: Side, rounds: int) -> float:
    """Trigger to first line of user code, one op, warm: the median."""
    return statistics.median(_first_line_once(side) for _ in range(rounds))


def _first_line_once(side: Side) -> float:
    side.stamp.unlink(missing_ok=True)
    begin = time.time()
    side.run("one")
    return float(side.stamp.read_text()) - begin


def seconds_of(job: str, count: int = 1) -> Callable[[Side, int], float]:
    """Makes a measurement: submission to the end of all, the median of several rounds."""

    def measure(side: Side, rounds: int) -> float:
        return statistics.median(_seconds_once(side, job, count) for _ in range(rounds))

    return measure


def _seconds_once(side: Side, job: str, count: int) -> float:
    begin = time.perf_counter()
    side.run(job, count)
    return time.perf_counter() - begin


def idle_memory(side: Side, _rounds: int) -> float:
    """Memory of all processes while nothing happens."""
    time.sleep(SETTLE_SECONDS)
    return proportional_megabytes(side.family())


def idle_cpu(side: Side, _rounds: int) -> float:
    """Share of one core that all processes use while nothing happens, in percent."""
    family = side.family()
    before, begin = cpu_seconds(family), time.perf_counter()
    time.sleep(IDLE_SECONDS)
    return 100 * (cpu_seconds(family) - before) / (time.perf_counter() - begin)


def start_seconds(make: Callable[[Path], Side], rounds: int) -> float:
    """Start to readiness, each time in a fresh home: the median."""
    return statistics.median(_start_once(make) for _ in range(rounds))


def _start_once(make: Callable[[Path], Side]) -> float:
    with TemporaryDirectory(prefix="headrace-bench-", ignore_cleanup_errors=True) as directory:
        side = make(Path(directory))
        begin = time.perf_counter()
        try:
            side.start()
            return time.perf_counter() - begin
        finally:
            side.stop()


START = "ready"
FIGURES = (
    Figure("first-line", "trigger to first line of user code, one op, p50", "s", 0.05, first_line),
    Figure("seed", "seed job (6 ops), a process per step, done, p50", "s", 0.25, seconds_of("seed_processes")),
    Figure("forty", "40 seed jobs at once, in-process executor, all done", "s", 2.5, seconds_of("seed_in_process", 40)),
    Figure("wide", "one run, 200 no-op steps, in-process", "s", 0.4, seconds_of("wide_in_process")),
    Figure("wide-processes", "one run, 40 no-op steps, one process each", "s", 1.0, seconds_of("wide_processes")),
    Figure("idle-memory", "idle, everything with one location: PSS", "MB", 180.0, idle_memory),
    Figure("idle-cpu", "idle, everything with one location: CPU of one core", "%", 1.0, idle_cpu),
)
START_FIGURE = Figure(START, "`dev` ready, with a small location", "s", 1.5, lambda _side, _rounds: 0.0)
