"""What is told of assets, how far an evaluation comes with it, and when it is due."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from headrace.api.types.v1.asset_key_pb2 import AssetCheckKey as CheckKeyMessage
from headrace.api.types.v1.asset_key_pb2 import AssetKey as KeyMessage
from headrace.api.types.v1.asset_pb2 import AssetCheckDefinition, AssetDefinition
from headrace.api.types.v1.automation_state_pb2 import AutomationState
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.event_pb2 import (
    AssetCheckEvaluated,
    AssetMaterialized,
    AssetObserved,
    Event,
    RunStateChanged,
)
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.partition_pb2 import DynamicPartitions, PartitionsDefinition
from headrace.api.types.v1.run_pb2 import RUN_STATE_CANCELED, RUN_STATE_FAILED, RUN_STATE_RUNNING, Run
from headrace.automation.facts import RunBegan, RunEnded, Update
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace_services.scheduler.automation.catalog import Catalog
from headrace_services.scheduler.automation.cursors import FeedCursor
from headrace_services.scheduler.automation.telling import began, facts_of
from headrace_services.scheduler.automation.watch import Mark, Watch

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=timezone.utc)


def key(name: str) -> KeyMessage:
    return KeyMessage(path=[name])


CATALOG = Catalog.of(
    "here",
    "digest",
    [
        *(Definition(asset=AssetDefinition(asset_key=key(name), executable=True)) for name in ("a", "b")),
        Definition(asset=AssetDefinition(asset_key=key("elsewhere"))),
        Definition(asset_check=AssetCheckDefinition(asset_key=key("a"), name="fine")),
        Definition(job=JobDefinition(name="only_b", asset_keys=[key("b")])),
        Definition(job=JobDefinition(name="all", implicit_asset_job=True)),
    ],
)
A, B, FINE = AssetKey("a"), AssetKey("b"), AssetCheckKey(AssetKey("a"), "fine")


def run(job_name: str = "", *names: str, location: str = "here", **fields: object) -> Run:
    return Run(
        run_id="r",
        location_name=location,
        job_name=job_name,
        asset_selection=map(key, names),
        **fields,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (run("all", "a"), {A, FINE}),
        (run("only_b"), {B}),
        (run("all"), {A, B, FINE}),
        (run("all", location="elsewhere"), set()),
        (run("all", "a", "unknown", location="elsewhere"), {A, FINE}),
        (run("all", check_selection=[CheckKeyMessage(asset_key=key("a"), check_name="fine")]), {FINE}),
        (run("ops"), set()),
        (run("other", "a"), {A}),
    ],
)
def test_a_run_is_for_the_assets_it_names_or_for_those_of_its_job(asked: Run, expected: set[object]) -> None:
    assert began(asked, CATALOG).keys == expected


def test_a_run_is_for_a_partition_a_range_or_everything() -> None:
    ends = ("headrace/asset_partition_range_start", "headrace/asset_partition_range_end")
    tags = [Tag(key=ends[0], value="x"), Tag(key=ends[1], value="z")]
    assert began(run("all", tags=tags), CATALOG).target == PartitionKeyRange("x", "z")
    assert began(run("all", partition_key="y"), CATALOG).target == "y"
    assert began(run("all"), CATALOG).target is None


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            Event(
                run_id="r",
                asset_materialized=AssetMaterialized(
                    asset_key=key("a"), partition_key="x", tags=[Tag(key="headrace/data_version", value="7")]
                ),
            ),
            Update(A, 3, 0.0, "x", "r", "7"),
        ),
        (Event(asset_observed=AssetObserved(asset_key=key("b"))), Update(B, 3, 0.0, observed=True)),
        (
            Event(asset_check_evaluated=AssetCheckEvaluated(asset_key=key("a"), check_name="fine", passed=True)),
            Update(FINE, 3, 0.0, passed=True),
        ),
        (Event(run_id="r", run_state_changed=RunStateChanged(state=RUN_STATE_FAILED)), RunEnded("r", True)),
        (Event(run_id="r", run_state_changed=RunStateChanged(state=RUN_STATE_CANCELED)), RunEnded("r", False)),
        (Event(run_id="r", run_state_changed=RunStateChanged(state=RUN_STATE_RUNNING)), None),
        (Event(asset_materialized=AssetMaterialized(asset_key=key("unknown"))), None),
    ],
)
def test_events_as_facts(event: Event, expected: object) -> None:
    assert list(facts_of(event, 3, CATALOG)) == ([] if expected is None else [expected])


def made(watch: Watch, name: AssetKey, count: int, feed: str) -> None:
    facts = [Update(name, watch.next_position(), NOW.timestamp()) for _ in range(count)]
    watch.take(facts, feed, NOW)


def told(watch: Watch) -> tuple[AutomationState, int, Mark]:
    state, mark = watch.state((), NOW)
    return state, sum(len(each.updates) for each in state.entities), mark


def settled(watch: Watch, mark: Mark, *watched: str) -> None:
    names = frozenset((name,) for name in watched) if watched else None
    watch.committed(mark, None, names, NOW)


def test_what_happens_during_an_evaluation_is_told_at_the_next() -> None:
    watch = Watch(CATALOG, "start")
    made(watch, A, 2, "one")
    _, count, mark = told(watch)
    assert (count, mark[1]) == (2, "one")
    made(watch, B, 3, "two")
    settled(watch, mark)
    state, count, mark = told(watch)
    assert (count, mark[1], state.everything) == (3, "two", False)
    assert [each.changed for each in state.entities] == [False, True]


def test_more_than_fits_is_told_in_whole_answers_one_after_another() -> None:
    watch = Watch(CATALOG, "start")
    for number in range(4):
        made(watch, A, 2_000, str(number))
    counts = []
    for _ in range(3):
        _, count, mark = told(watch)
        counts.append((count, mark[1]))
        settled(watch, mark)
    assert counts == [(4_000, "1"), (4_000, "3"), (0, "3")]


def test_it_is_due_when_something_happens_to_what_the_conditions_look_at() -> None:
    watch = Watch(CATALOG, "start")
    assert watch.due(NOW) is None, "what has happened before is not known yet"
    watch.caught_up = True
    assert watch.due(NOW) == NOW
    settled(watch, told(watch)[2], "a")
    made(watch, B, 1, "one")
    assert watch.due(NOW) is None
    made(watch, A, 1, "two")
    due = watch.due(NOW)
    assert due is not None and timedelta(0) < due - NOW < timedelta(seconds=1)


def test_it_does_not_fall_too_far_behind_though_nothing_concerns_it() -> None:
    watch = Watch(CATALOG, "start")
    watch.caught_up = True
    settled(watch, told(watch)[2], "a")
    made(watch, B, 20_001, "far")
    assert watch.due(NOW + timedelta(seconds=1)) is not None
    settled(watch, told(watch)[2], "a")
    assert watch.due(NOW + timedelta(seconds=1)) is None and watch.base == "far"


def test_runs_that_begin_and_end_are_changes_too() -> None:
    watch = Watch(CATALOG, "start")
    watch.caught_up = True
    settled(watch, told(watch)[2])
    watch.take([RunBegan("r", frozenset([A]))], "one", NOW)
    state, _, mark = told(watch)
    assert [(each.running.whole, each.changed) for each in state.entities] == [(True, True)]
    settled(watch, mark)
    watch.next_position()
    watch.take([RunEnded("r", failed=True)], "two", NOW)
    state, _, _ = told(watch)
    assert [(each.running.whole, each.failed.whole, each.changed) for each in state.entities] == [(False, True, True)]


def test_a_watch_holds_for_its_definitions_and_while_nobody_else_evaluates() -> None:
    watch = Watch(CATALOG, "start")
    assert watch.holds("digest", "start") and watch.holds("digest", "")
    assert not watch.holds("other", "start") and not watch.holds("digest", "further")
    watch.is_lost = True
    assert not watch.holds("digest", "start")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", FeedCursor()), ("f|left|over", FeedCursor("f", "left|over")), ("by hand", FeedCursor("", "by hand"))],
)
def test_the_cursor_is_a_place_in_the_feed_and_what_the_location_left(text: str, expected: FeedCursor) -> None:
    assert FeedCursor.read(text) == expected
    assert FeedCursor.read(str(expected)) == expected


def test_partitions_whose_keys_only_their_location_can_tell_are_remembered_key_by_key() -> None:
    untold = PartitionsDefinition(dynamic=DynamicPartitions())
    parted = Definition(asset=AssetDefinition(asset_key=key("a"), executable=True, partitions=untold))
    catalog = Catalog.of("here", "digest", [parted])
    assert catalog.dynamic_names == set()
    watch = Watch(catalog, "start")
    watch.take([Update(A, watch.next_position(), 0.0, "x"), Update(A, watch.next_position(), 0.0, "y")], "one", NOW)
    (state,) = told(watch)[0].entities
    assert sorted(state.made.partition_keys) == ["x", "y"]


def test_a_location_is_told_only_of_what_its_conditions_look_at() -> None:
    watch = Watch(CATALOG, "start")
    made(watch, A, 1, "one")
    made(watch, B, 1, "two")
    state, _, mark = told(watch)
    assert len(state.entities) == 2, "nobody knows yet what they look at"
    settled(watch, mark, "b")
    assert [list(each.asset_key.path) for each in told(watch)[0].entities] == [["b"]]
