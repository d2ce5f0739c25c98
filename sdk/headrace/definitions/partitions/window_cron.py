"""Cron strings for some time after windows of time have ended."""

from __future__ import annotations

from headrace.definitions.partitions.ticks import is_regular
from headrace.definitions.schedules.cron import check_cron
from headrace.errors import InvalidDefinitionError

_WORDS = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}
_PLACES = {"minute_of_hour": 0, "hour_of_day": 1, "day_of_month": 2, "day_of_week": 4}


def shifted_cron(
    cron: str,
    minute_of_hour: int | None = None,
    hour_of_day: int | None = None,
    day_of_week: int | None = None,
    day_of_month: int | None = None,
) -> str:
    """The cron string of windows, at another minute, hour or day; where such are part of it.

    Args:
        cron: When windows start and end.
        minute_of_hour: The minute.
        hour_of_day: The hour.
        day_of_week: The day of the week; Sunday is 0.
        day_of_month: The day of the month.
    """
    given = {
        name: value
        for name, value in (
            ("minute_of_hour", minute_of_hour),
            ("hour_of_day", hour_of_day),
            ("day_of_week", day_of_week),
            ("day_of_month", day_of_month),
        )
        if value is not None
    }
    if not given:
        return cron
    if not is_regular(cron):
        raise InvalidDefinitionError(
            f"{cron!r} does not support minute_of_hour/hour_of_day/day_of_week/day_of_month arguments: {', '.join(given)} can only "
            "be set for windows of hours, days, weeks or months."
        )
    fields = _WORDS.get(cron, cron).split()
    if "hour_of_day" in given and "minute_of_hour" not in given:
        fields[0] = "0"
    for name, value in given.items():
        if not fields[_PLACES[name]].isdigit():
            raise InvalidDefinitionError(f"{name} cannot be set for windows of {cron!r}, which differ in it.")
        fields[_PLACES[name]] = str(value)
    return check_cron(" ".join(fields))
