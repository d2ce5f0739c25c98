"""Backfills step by step: what is made from something waits for it, what failed holds up what is made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

import headrace as dg
from headrace.automation.facts import Target
from headrace.automation.knowledge import Knowledge
from headrace.automation.subset import EntitySubset
from headrace.automation.view import AssetGraphView
from headrace.backfill.progress import EndedRun, Progress, Targets
from headrace.backfill.steps import Step, next_asset_step, next_job_step
from headrace.definitions.automation.run_request import RunRequest
from headrace.execute.run_info import RANGE_END_TAGS, RANGE_START_TAGS

NOW = datetime(2024, 3, 1, tzinfo=timezone.utc)
DAILY = dg.DailyPartitionsDefinition(start_date="2024-01-01")
WEEKLY = dg.WeeklyPartitionsDefinition(start_date="2024-01-01")
FIRST_WEEKS = ("2024-01-01", "2024-01-21")


def asset(name: str, *deps: object, **options: object) -> dg.AssetsDefinition:
    @dg.asset(name=name, deps=deps, **options)  # type: ignore[arg-type]
    def made() -> None: ...

    return made


def view_of(*assets: dg.AssetsDefinition) -> AssetGraphView:
    graph = dg.Definitions(assets=assets).resolve_asset_graph()
    return AssetGraphView(graph, Knowledge(graph), NOW)


def days(view: AssetGraphView, name: str, first: str, last: str) -> EntitySubset:
    key = dg.AssetKey(name)
    value = view.partitions_def(key).subset_with_range(dg.PartitionKeyRange(first, last))  # type: ignore[union-attr]
    return EntitySubset(key, value)


def targets_of(*subsets: EntitySubset) -> Targets:
    return {subset.key: subset for subset in subsets}  # type: ignore[misc]


def run_of(request: RunRequest, succeeded: bool = True) -> EndedRun:
    target: Target = request.partition_key
    if RANGE_START_TAGS[0] in request.tags:
        target = dg.PartitionKeyRange(request.tags[RANGE_START_TAGS[0]], request.tags[RANGE_END_TAGS[0]])
    return EndedRun(frozenset(request.asset_selection or ()), target, succeeded)


def names(request: RunRequest) -> list[str]:
    return [key.to_user_string() for key in request.asset_selection or ()]


@dataclass
class Course:
    """A backfill that goes on until it is done, each step when all runs of the one before have ended."""

    view: AssetGraphView
    targets: Targets
    fails: Callable[[RunRequest], bool] = lambda request: False
    most_runs: int = 100
    waves: list[list[RunRequest]] = field(default_factory=list)

    def run(self) -> Step:
        progress, ended = Progress(), list[EndedRun]()
        while True:
            # As text in between, as it is kept.
            progress = Progress.from_text(progress.to_text() if progress != Progress() else "", self.targets)
            step = next_asset_step(self.view, self.targets, progress, ended, self.most_runs)
            if step.done:
                return step
            assert step.requests, "it is not done, and asks for nothing"
            self.waves.append(list(step.requests))
            progress = step.progress
            ended = [run_of(request, not self.fails(request)) for request in step.requests]


def test_assets_that_are_partitioned_alike_are_made_by_one_run_per_partition() -> None:
    view = view_of(asset("a", partitions_def=DAILY), asset("b", "a", partitions_def=DAILY))
    course = Course(view, targets_of(days(view, "a", *FIRST_WEEKS), days(view, "b", *FIRST_WEEKS)))
    step = course.run()
    (wave,) = course.waves
    assert len(wave) == 21
    assert all(names(request) == ["a", "b"] for request in wave)
    assert step.counts[dg.AssetKey("b")].made == 21


def test_what_is_made_from_other_partitions_waits_for_all_of_them() -> None:
    view = view_of(asset("a", partitions_def=DAILY), asset("w", "a", partitions_def=WEEKLY))
    targets = targets_of(days(view, "a", "2024-01-07", "2024-01-20"), days(view, "w", "2024-01-07", "2024-01-07"))
    course = Course(view, targets)
    course.run()
    assert [len(wave) for wave in course.waves] == [14, 1]
    assert names(course.waves[1][0]) == ["w"]


def test_what_a_failed_run_has_made_counts_and_does_not_hold_up_what_is_made_from_it() -> None:
    view = view_of(
        asset("a", partitions_def=DAILY), asset("b", "a", partitions_def=DAILY), asset("w", "a", partitions_def=WEEKLY)
    )
    week = "2024-01-07", "2024-01-13"
    targets = targets_of(days(view, "a", *week), days(view, "b", *week), days(view, "w", *week[:1], week[0]))
    first = next_asset_step(view, targets, Progress())
    made = {dg.AssetKey("a"): ["2024-01-07"]}
    ended = [
        replace(run_of(each, False), made=made if each.partition_key == week[0] else {}) for each in first.requests
    ]
    all_made = [replace(each, made={dg.AssetKey("a"): [each.target]}) for each in ended]  # type: ignore[list-item]
    counts = next_asset_step(view, targets, first.progress, ended).counts
    assert (counts[dg.AssetKey("a")].made, counts[dg.AssetKey("a")].failed) == (1, 6)
    assert (counts[dg.AssetKey("b")].made, counts[dg.AssetKey("b")].failed) == (0, 7)
    assert counts[dg.AssetKey("w")].failed == 1
    (request,) = next_asset_step(view, targets, first.progress, all_made).requests
    assert names(request) == ["w"]


def test_no_more_runs_than_allowed_are_asked_for_at_once() -> None:
    view = view_of(asset("a", partitions_def=DAILY), asset("b", "a", partitions_def=DAILY))
    targets = targets_of(days(view, "a", *FIRST_WEEKS), days(view, "b", *FIRST_WEEKS))
    course = Course(view, targets, most_runs=8)
    course.run()
    assert [len(wave) for wave in course.waves] == [8, 8, 5]


def test_a_policy_makes_ranges() -> None:
    view = view_of(asset("a", partitions_def=DAILY, backfill_policy=dg.BackfillPolicy.multi_run(10)))
    course = Course(view, targets_of(days(view, "a", *FIRST_WEEKS)))
    course.run()
    ranges = [(request.tags[RANGE_START_TAGS[0]], request.tags[RANGE_END_TAGS[0]]) for request in course.waves[0][:2]]
    assert ranges == [("2024-01-01", "2024-01-10"), ("2024-01-11", "2024-01-20")]
    assert course.waves[0][2].partition_key == "2024-01-21"


def test_what_is_made_from_its_own_past_is_made_in_order() -> None:
    past = dg.AssetDep("a", partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))
    view = view_of(asset("a", past, partitions_def=DAILY))
    course = Course(view, targets_of(days(view, "a", "2024-01-05", "2024-01-08")))
    course.run()
    assert [[request.partition_key for request in wave] for wave in course.waves] == [
        ["2024-01-05"],
        ["2024-01-06"],
        ["2024-01-07"],
        ["2024-01-08"],
    ]


def test_what_is_made_from_what_failed_is_not_asked_for() -> None:
    view = view_of(asset("a", partitions_def=DAILY), asset("w", "a", partitions_def=WEEKLY), asset("end", "w"))
    targets = targets_of(
        days(view, "a", "2024-01-07", "2024-01-20"),
        days(view, "w", "2024-01-07", "2024-01-14"),
        EntitySubset(dg.AssetKey("end"), True),
    )
    course = Course(view, targets, fails=lambda request: request.partition_key == "2024-01-10")
    step = course.run()
    assert [[names(request) for request in wave] for wave in course.waves[1:]] == [[["w"]]]
    assert course.waves[1][0].partition_key == "2024-01-14"
    counts = {key.to_user_string(): (each.made, each.failed) for key, each in step.counts.items()}
    assert counts == {"a": (13, 1), "w": (1, 1), "end": (0, 1)}


def test_a_run_that_is_repeated_with_success_frees_what_it_held_up() -> None:
    view = view_of(asset("a", partitions_def=DAILY), asset("end", "a"))
    targets = targets_of(days(view, "a", "2024-01-01", "2024-01-02"), EntitySubset(dg.AssetKey("end"), True))
    first = next_asset_step(view, targets, Progress())
    lost = next_asset_step(view, targets, first.progress, [run_of(each, False) for each in first.requests])
    assert (lost.done, lost.requests) == (True, [])
    again = next_asset_step(view, targets, lost.progress, [run_of(each) for each in first.requests])
    assert [names(request) for request in again.requests] == [["end"]]


def test_a_job_has_a_run_for_each_partition_with_its_config() -> None:
    @dg.daily_partitioned_config(start_date="2024-01-01")
    def config(start: datetime, end: datetime) -> dict[str, object]:
        return {"ops": {"work": {"config": {"day": str(start.date())}}}}

    @dg.op(config_schema={"day": str})
    def work() -> None: ...

    @dg.job(config=config)
    def daily() -> None:
        work()

    key = dg.AssetKey("daily")
    value = daily.partitions_def.subset_with_range(dg.PartitionKeyRange("2024-01-03", "2024-01-05"))  # type: ignore[union-attr]
    step = next_job_step(daily, EntitySubset(key, value), Progress(), most_runs=2)
    assert [request.partition_key for request in step.requests] == ["2024-01-03", "2024-01-04"]
    assert step.requests[0].run_config == {"ops": {"work": {"config": {"day": "2024-01-03"}}}}
    step = next_job_step(daily, EntitySubset(key, value), step.progress, [run_of(each) for each in step.requests])
    assert ([request.partition_key for request in step.requests], step.done) == (["2024-01-05"], False)
    assert next_job_step(daily, EntitySubset(key, value), step.progress, [run_of(step.requests[0], False)]).done


def test_ten_thousand_partitions_cost_little() -> None:
    hourly = dg.HourlyPartitionsDefinition(start_date="2022-01-01-00:00")
    policy = dg.BackfillPolicy.multi_run(100)
    view = view_of(
        asset("a", partitions_def=hourly, backfill_policy=policy),
        asset("b", "a", partitions_def=hourly, backfill_policy=policy),
    )
    span = ("2022-01-01-00:00", "2023-02-21-15:00")
    course = Course(view, targets_of(days(view, "a", *span), days(view, "b", *span)), most_runs=1000)
    assert course.run().counts[dg.AssetKey("b")].made == 10_000
    assert len(course.waves[0]) == 100


@st.composite
def graphs(draw: st.DrawFn) -> Sequence[dg.AssetsDefinition]:
    """Some assets, partitioned by day, by week or not at all, each made from some of those before."""
    found: list[dg.AssetsDefinition] = []
    for number in range(draw(st.integers(1, 6))):
        deps = draw(st.sets(st.sampled_from([f"a{n}" for n in range(number)]), max_size=3)) if number else set()
        partitions = draw(st.sampled_from([DAILY, WEEKLY, None]))
        policy = draw(st.sampled_from([None, dg.BackfillPolicy.single_run(), dg.BackfillPolicy.multi_run(3)]))
        options = {"partitions_def": partitions, "backfill_policy": policy} if partitions else {}
        found.append(asset(f"a{number}", *sorted(deps), **options))
    return found


@settings(deadline=None)
@given(graphs(), st.integers(1, 7), st.randoms(use_true_random=False))
def test_every_target_is_asked_for_once_and_never_before_what_it_is_made_from(
    assets: Sequence[dg.AssetsDefinition], most_runs: int, chance: object
) -> None:
    view = view_of(*assets)
    targets = {}
    for each in assets:
        partitions_def = view.partitions_def(each.key)
        if partitions_def is None:
            targets[each.key] = EntitySubset(each.key, True)
        else:
            last = "2024-01-21" if partitions_def == DAILY else "2024-01-14"
            first = "2024-01-07"
            targets[each.key] = days(view, each.key.to_user_string(), first, last)
    course = Course(view, targets, fails=lambda request: chance.random() < 0.1, most_runs=most_runs)  # type: ignore[attr-defined]
    step = course.run()
    progress = Progress()
    for wave in course.waves:
        assert len(wave) <= most_runs
        for request in wave:
            asked = Progress().after([run_of(request)], targets).made
            for key, value in asked.items():
                now, before = EntitySubset(key, value), progress.requested.get(key)
                assert before is None or (now & EntitySubset(key, before)).is_empty, "asked for twice"
                for parent in view.parents(key):
                    needed = view.upstream(now, parent) & targets[parent]
                    made = progress.made.get(parent)
                    if made is not None:
                        needed = needed - EntitySubset(parent, made)
                    if parent in asked:
                        needed = needed - EntitySubset(parent, asked[parent])
                    assert needed.is_empty, "asked for before what it is made from"
            progress = progress.with_requested(asked)
        progress = Progress(progress.requested, _made(step, progress), {})
    assert all(each.made + each.failed == each.target for each in step.counts.values())


def _made(step: Step, progress: Progress) -> dict[dg.AssetKey, object]:
    """What had been made when the next wave was asked for: all that was asked for before and did not fail."""
    made = {}
    for key, value in progress.requested.items():
        asked = EntitySubset(key, value)
        failed = step.progress.failed.get(key)
        made[key] = (asked if failed is None else asked - EntitySubset(key, failed)).value
    return made
