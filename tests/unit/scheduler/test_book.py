"""What the scheduler says of schedules that it does not have: whether there are none, or it cannot know yet."""

from __future__ import annotations

import pytest

from headrace.api.types.v1.instigator_pb2 import INSTIGATOR_KIND_SCHEDULE
from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition
from headrace.clock import SystemClock
from headrace.errors import LocationNotFoundError, LocationUnreachableError, TargetNotFoundError
from headrace_services.kit.metrics import Metrics
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.instigators import Key
from headrace_services.scheduler.metrics import SchedulerMetrics

DAILY = Key("etl", INSTIGATOR_KIND_SCHEDULE, "daily")


@pytest.fixture
def book() -> Book:
    return Book(SystemClock(), SchedulerMetrics(Metrics()), lambda: None)


def test_a_scheduler_that_has_just_started_denies_nothing(book: Book) -> None:
    with pytest.raises(LocationUnreachableError, match="what code location 'etl' defines is not known yet"):
        book.find(DAILY)


def test_a_location_that_has_not_loaded_is_denied_nothing(book: Book) -> None:
    book.knows_places = True
    book.set_place("etl", "127.0.0.1:1", usable=False)
    with pytest.raises(LocationUnreachableError):
        book.find(DAILY)


def test_what_there_is_not_is_denied_once_everything_is_known(book: Book) -> None:
    book.knows_places = True
    with pytest.raises(LocationNotFoundError, match="no code location 'etl'"):
        book.find(DAILY)
    book.set_place("etl", "127.0.0.1:1", usable=True)
    book.define("etl", "digest", [ScheduleDefinition(name="hourly", cron_expressions=["0 * * * *"])])
    with pytest.raises(TargetNotFoundError, match="'etl' has no schedule 'daily'"):
        book.find(DAILY)
