"""Fifty schedules that are due every minute and ask for one run each."""

from __future__ import annotations

import headrace as dg

COUNT = 50


@dg.op
def nothing() -> None:
    pass


@dg.job(executor_def=dg.in_process_executor)
def tiny():
    nothing()


def schedule(number: int) -> dg.ScheduleDefinition:
    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        due = context.scheduled_execution_time.isoformat()
        return dg.RunRequest(tags={"schedule": str(number), "due": due})

    return dg.ScheduleDefinition(
        name=f"every_minute_{number:02}",
        job=tiny,
        cron_schedule="* * * * *",
        execution_fn=evaluate,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


defs = dg.Definitions(jobs=[tiny], schedules=[schedule(number) for number in range(COUNT)])
