"""A thousand schedules that are due every minute: with functions that ask for nothing, or without any, for a run each."""

from __future__ import annotations

import os

import headrace as dg

KIND = os.environ.get("HEADRACE_BENCH_SCHEDULES", "functions")
COUNT = 1000


@dg.op
def nothing() -> None:
    pass


@dg.job
def idle():
    nothing()


def schedule(number: int) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"every_minute_{number:04}",
        job=idle,
        cron_schedule="* * * * *",
        execution_fn=(lambda _context: dg.SkipReason("nothing to do")) if KIND == "functions" else None,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


defs = dg.Definitions(jobs=[idle], schedules=[schedule(number) for number in range(COUNT)])
