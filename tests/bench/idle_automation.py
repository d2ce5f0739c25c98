"""Ten thousand schedules and sensors that have nothing to do: half of each are on, and due once in a year."""

from __future__ import annotations

import headrace as dg

COUNT = 5000
_YEAR_SECONDS = 365 * 24 * 3600


@dg.op
def nothing() -> None:
    pass


@dg.job
def idle():
    nothing()


def schedule(number: int) -> dg.ScheduleDefinition:
    status = dg.DefaultScheduleStatus.RUNNING if number % 2 else dg.DefaultScheduleStatus.STOPPED
    return dg.ScheduleDefinition(f"yearly_{number:04}", job=idle, cron_schedule="0 0 1 1 *", default_status=status)


def sensor(number: int) -> dg.SensorDefinition:
    status = dg.DefaultSensorStatus.RUNNING if number % 2 else dg.DefaultSensorStatus.STOPPED
    return dg.SensorDefinition(
        f"sensor_{number:04}",
        evaluation_fn=lambda _context: dg.SkipReason("nothing to do"),
        job=idle,
        minimum_interval_seconds=_YEAR_SECONDS,
        default_status=status,
    )


defs = dg.Definitions(
    jobs=[idle],
    schedules=[schedule(number) for number in range(COUNT)],
    sensors=[sensor(number) for number in range(COUNT)],
)
