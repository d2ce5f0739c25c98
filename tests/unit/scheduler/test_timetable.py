from __future__ import annotations

from datetime import datetime, timedelta, timezone

from headrace_services.scheduler.instigators import Key
from headrace_services.scheduler.shards import SHARDS, shard_of
from headrace_services.scheduler.timetable import Timetable

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=timezone.utc)


def key(number: int) -> Key:
    return Key("here", 1, f"schedule {number}")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_what_is_due_comes_out_the_longest_overdue_first() -> None:
    table = Timetable()
    for number, seconds in enumerate((30, -10, -20, 0)):
        table.set(key(number), after(seconds))
    assert table.take_due(NOW) == [key(2), key(1), key(3)]
    assert table.take_due(NOW) == []
    assert table.next() == after(30)


def test_another_moment_replaces_the_one_before() -> None:
    table = Timetable()
    table.set(key(1), after(-5))
    table.set(key(1), after(60))
    assert table.take_due(NOW) == []
    assert len(table) == 1
    table.set(key(1), after(-1))
    assert table.take_due(NOW) == [key(1)]
    assert table.next() is None


def test_what_was_removed_is_never_due() -> None:
    table = Timetable()
    table.set(key(1), after(-5))
    table.remove(key(1))
    table.remove(key(2))
    assert table.next() is None
    assert table.take_due(NOW) == []


def test_replacing_a_moment_often_takes_no_memory() -> None:
    table = Timetable()
    for number in range(10_000):
        table.set(key(number % 3), after(number))
    assert len(table._heap) < 200
    assert len(table) == 3


def test_instigators_are_spread_over_all_shards() -> None:
    assert {shard_of(key(number)) for number in range(200)} == set(range(SHARDS))
    assert shard_of(Key("here", 1, "a")) != shard_of(Key("here", 2, "a"))
