from __future__ import annotations

import pytest

from headrace.errors import LocationNotFoundError
from headrace_services.coordinator.locations import LocationRegistry


def names(registry: LocationRegistry, cursor: str) -> list[str]:
    return [entry.name for entry in registry.changes_since(cursor).entries]


def test_a_watcher_is_sent_what_changed_since_its_cursor() -> None:
    registry = LocationRegistry("one")
    registry.add("a", "x:1")
    registry.add("b", "x:2")
    cursor = registry.changes_since("").cursor
    assert names(registry, "") == ["a", "b"]
    assert names(registry, cursor) == []
    registry.changed(registry.get("b"))
    assert names(registry, cursor) == ["b"]


def test_a_cursor_of_another_process_is_sent_everything() -> None:
    registry = LocationRegistry("two")
    registry.add("a", "x:1")
    assert names(registry, "one:17") == ["a"]
    assert names(registry, "nonsense") == ["a"]


def test_removed_locations_are_told_to_those_who_knew_them() -> None:
    registry = LocationRegistry("one")
    registry.add("a", "x:1")
    cursor = registry.changes_since("").cursor
    registry.remove("a")
    assert registry.changes_since(cursor).removed == ("a",)
    assert registry.changes_since("").removed == ()
    registry.add("a", "x:1")
    assert registry.changes_since(cursor).removed == ()


async def test_whoever_watches_is_woken_by_a_change() -> None:
    registry = LocationRegistry("one")
    with registry.watched() as wake:
        assert not await wake.wait(0.01)
        registry.add("a", "x:1")
        assert await wake.wait(0.01)
        assert not await wake.wait(0.01)


def test_an_unknown_location_is_answered_with_what_may_have_been_meant() -> None:
    registry = LocationRegistry("one")
    registry.add("numbers", "x:1")
    with pytest.raises(LocationNotFoundError, match="did you mean 'numbers'"):
        registry.get("nubmers")


def test_a_location_says_why_it_cannot_run_anything() -> None:
    registry = LocationRegistry("one")
    assert registry.obstacle("a") == "is not in the workspace"
    entry = registry.add("a", "")
    assert registry.obstacle("a") == "is not up yet"
    entry.address = "x:1"
    assert registry.obstacle("a") == "has not loaded yet"
    entry.broken("invalid syntax", "SyntaxError")
    assert registry.obstacle("a") == "has not loaded: SyntaxError: invalid syntax"
    entry.unreachable("connection refused")
    assert registry.obstacle("a") == "cannot be reached"
