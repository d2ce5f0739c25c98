"""A thousand schedules that are due every minute and ask for nothing."""

from __future__ import annotations

import headrace as dg

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
        execution_fn=lambda _context: dg.SkipReason("nothing to do"),
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


defs = dg.Definitions(jobs=[idle], schedules=[schedule(number) for number in range(COUNT)])
