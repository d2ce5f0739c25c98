from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headrace_services.coordinator.queue.deciding import (
    ActiveRun,
    Decision,
    Limits,
    PoolRules,
    PoolUse,
    QueuedRun,
    WaitReason,
    decide,
)
from headrace_services.coordinator.queue.groups import group_of, held_groups
from headrace_services.kit.config.model import TagLimit


def run(name: str, *, priority: int = 0, age: int = 0, location: str = "here", **tags: str) -> QueuedRun:
    return QueuedRun(name, location, priority, (age, 0), tags)


def loaded(location: str) -> str:
    return "" if location == "here" else "has not loaded yet"


def decided(*queued: QueuedRun, active: list[dict[str, str]] | None = None, limits: Limits) -> Decision:
    return decide(queued, map(ActiveRun, active or []), limits, loaded)


def test_higher_priority_goes_first_and_older_before_younger() -> None:
    queued = [run("young", age=3), run("old", age=1), run("urgent", priority=9, age=5), run("idle", priority=-1, age=0)]
    assert decided(*queued, limits=Limits(-1)).admitted == ("urgent", "old", "young", "idle")


def test_runs_in_progress_count_against_the_limit() -> None:
    decision = decided(run("a", age=1), run("b", age=2), active=[{}, {}], limits=Limits(3))
    assert decision.admitted == ("a",)
    assert decision.waiting["b"].reason is WaitReason.RUN_LIMIT
    assert decision.waiting["b"].message == "3 runs are in progress, max_concurrent_runs is 3"


def test_a_limit_of_zero_starts_nothing_and_a_negative_one_everything() -> None:
    queued = [run(str(number), age=number) for number in range(5)]
    assert decided(*queued, limits=Limits(0)).admitted == ()
    assert len(decided(*queued, limits=Limits(-1)).admitted) == 5


def test_a_tag_limit_holds_back_runs_with_the_tag_only() -> None:
    limits = Limits(-1, (TagLimit(key="db", limit=1),))
    decision = decided(run("a", age=1, db="x"), run("b", age=2, db="y"), run("c", age=3), limits=limits)
    assert decision.admitted == ("a", "c")
    assert decision.waiting["b"].reason is WaitReason.TAG_LIMIT
    assert decision.waiting["b"].message == "1 runs with the tag db are in progress, its limit is 1"


def test_a_tag_limit_of_one_value_leaves_other_values_alone() -> None:
    limits = Limits(-1, (TagLimit(key="db", value="x", limit=0),))
    decision = decided(run("a", db="x"), run("b", db="y"), limits=limits)
    assert decision.admitted == ("b",)
    assert "db=x" in decision.waiting["a"].message


def test_a_limit_per_value_counts_each_value_by_itself() -> None:
    limits = Limits(-1, (TagLimit(key="db", limit=1, per_value=True),))
    queued = [run("x1", age=1, db="x"), run("x2", age=2, db="x"), run("y1", age=3, db="y")]
    decision = decided(*queued, limits=limits)
    assert decision.admitted == ("x1", "y1")
    assert "db=x" in decision.waiting["x2"].message
    assert decided(run("y2", db="y"), active=[{"db": "y"}], limits=limits).admitted == ()


def test_the_tightest_of_several_limits_holds() -> None:
    limits = Limits(10, (TagLimit(key="db", limit=5), TagLimit(key="team", value="a", limit=1)))
    queued = [
        run("first", age=1, db="x", team="a"),
        run("second", age=2, db="x", team="a"),
        run("third", age=3, db="x"),
    ]
    assert decided(*queued, limits=limits).admitted == ("first", "third")


def test_a_run_whose_location_is_not_loaded_waits_and_takes_no_slot() -> None:
    decision = decided(run("away", location="there", age=1), run("home", age=2), limits=Limits(1))
    assert decision.admitted == ("home",)
    assert decision.waiting["away"].reason is WaitReason.LOCATION
    assert decision.waiting["away"].message == "code location 'there' has not loaded yet"


def test_a_decision_is_no_larger_than_a_batch() -> None:
    decision = decided(*(run(str(number), age=number) for number in range(7)), limits=Limits(-1, batch=3))
    assert decision.admitted == ("0", "1", "2")
    assert {wait.reason for wait in decision.waiting.values()} == {WaitReason.TURN}


def pooled(name: str, *start_pools: str, pools: tuple[str, ...] = (), age: int = 0) -> QueuedRun:
    return QueuedRun(name, "here", 0, (age, 0), {}, pools or start_pools, start_pools)


def test_a_run_waits_while_all_its_first_steps_would_wait_for_pools() -> None:
    pools = {"db": PoolUse(2, used=2), "api": PoolUse(1), "free": PoolUse(None, used=9)}
    queued = [
        pooled("full", "db"),
        pooled("half", "db", "api"),
        pooled("unlimited", "free"),
        pooled("later", pools=("db",)),
    ]
    decision = decide(queued, [], Limits(-1), loaded, pools)
    assert decision.admitted == ("half", "unlimited", "later")
    wait = decision.waiting["full"]
    assert (wait.reason, wait.name, wait.limit, wait.used) == (WaitReason.POOL, "db", 2, 2)


def test_runs_that_are_starting_count_against_the_pools_of_their_first_steps_and_a_buffer_lets_more_in() -> None:
    queued = [pooled(str(number), "db", age=number) for number in range(4)]
    starting = [ActiveRun({}, ("db",), ("db",))]
    for buffer, admitted in ((0, ("0",)), (2, ("0", "1", "2"))):
        limits = Limits(-1, pools=PoolRules(buffer=buffer, limits={"db": 2}))
        assert decide(queued, starting, limits, loaded).admitted == admitted


def test_where_runs_hold_the_slots_a_run_needs_one_of_each_of_its_pools() -> None:
    limits = Limits(-1, pools=PoolRules(by_run=True, default=1, buffer=1))  # a buffer is for steps
    queued = [pooled("both", pools=("db", "api"), age=1), pooled("api", pools=("api",), age=2)]
    decision = decide(queued, [ActiveRun({}, ("db",))], limits, loaded)
    assert decision.admitted == ("api",)
    assert decision.waiting["both"].name == "db"


def test_runs_of_a_group_wait_for_the_same_and_the_group_changes_with_the_limits() -> None:
    limits = Limits(-1, (TagLimit(key="db", limit=0),))
    queued = []
    for number, (location, db) in enumerate([("here", "x"), ("here", "x"), ("here", "y"), ("there", "x")]):
        plain = run(str(number), location=location, db=db, other=str(number))
        group = group_of(plain, limits)
        queued.append(QueuedRun(plain.run_id, location, 0, (number, 0), plain.tags, group=group))
    assert [queued[0].group == each.group for each in queued] == [True, True, False, False]
    waiting = decide(queued, [], limits, loaded).waiting
    assert held_groups(queued, waiting, limits) == {each.group for each in queued}
    assert not held_groups(queued, waiting, Limits(-1, (TagLimit(key="db", limit=1),)))


TAGS = st.dictionaries(st.sampled_from(["db", "team"]), st.sampled_from(["x", "y"]))
LIMITS = st.builds(
    TagLimit,
    key=st.sampled_from(["db", "team"]),
    limit=st.integers(0, 3),
    value=st.sampled_from([None, "x"]),
    per_value=st.booleans(),
)


@given(
    queued=st.lists(TAGS, max_size=12),
    active=st.lists(TAGS, max_size=4),
    most=st.integers(-1, 6),
    tag_limits=st.lists(LIMITS, max_size=3),
)
def test_no_limit_is_ever_exceeded_and_nothing_waits_without_a_reason(
    queued: list[dict[str, str]], active: list[dict[str, str]], most: int, tag_limits: list[TagLimit]
) -> None:
    runs = [QueuedRun(str(number), "here", 0, (number, 0), tags) for number, tags in enumerate(queued)]
    decision = decide(runs, map(ActiveRun, active), Limits(most, tuple(tag_limits)), loaded)
    assert {*decision.admitted, *decision.waiting} == {each.run_id for each in runs}
    progressing = active + [queued[int(run_id)] for run_id in decision.admitted]
    if decision.admitted and most >= 0:
        assert len(progressing) <= most
    for limit in tag_limits:
        mine = [tags[limit.key] for tags in progressing if limit.key in tags and limit.value in (None, tags[limit.key])]
        before = [tags[limit.key] for tags in active if limit.key in tags and limit.value in (None, tags[limit.key])]
        for value in set(mine) if limit.per_value else {None}:
            count = mine.count(value) if limit.per_value else len(mine)
            already = before.count(value) if limit.per_value else len(before)
            assert count <= max(limit.limit, already)
