"""A plan has every step after those it needs, and says of each input where its value comes from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.asset_job import build_asset_job
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.decorator import asset
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.graphs.decorator import graph
from headrace.definitions.jobs.decorator import job
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.ops.types import Nothing
from headrace.errors import InvalidSubsetError
from headrace.execute.planning.plan import ExecutionPlan, upstream_steps
from headrace.execute.planning.planner import build_plan
from headrace.execute.planning.sources import FromAsset, FromConfig, FromFanIn, FromStep, FromValue
from headrace.execute.spec import RunSpec


@op(tags={"from": "op", "op": "1"}, retry_policy=RetryPolicy(1), pool="db")
def one() -> int:
    return 1


@op
def plus(a: int, b: int = 5) -> int:
    return a + b


@op
def join(parts: list[int]) -> int:
    return sum(parts)


@op(ins={"start": In(Nothing)})
def last() -> None: ...


@graph(tags={"from": "graph"})
def inner(given: int) -> Any:
    return plus.alias("deep")(given, one())


@job(op_retry_policy=RetryPolicy(3))
def nested() -> None:
    first = one.tag({"from": "use"}).with_retry_policy(RetryPolicy(2))()
    middle = inner(first)
    last(start=join([first, middle, plus(first)]))


def plan_of(job_def: JobDefinition, **spec: Any) -> ExecutionPlan:
    return build_plan(job_def, RunSpec("run", job_def.name, **spec))


def sources(plan: ExecutionPlan, key: str) -> dict[str, Any]:
    return {each.name: each.source for each in plan.steps[key].inputs}


def test_graphs_dissolve_into_steps_with_paths() -> None:
    plan = plan_of(nested)
    assert set(plan.steps) == {"one", "inner.one", "inner.deep", "plus", "join", "last"}
    assert sources(plan, "inner.deep") == {"a": FromStep("one", "result"), "b": FromStep("inner.one", "result")}
    assert sources(plan, "plus") == {"a": FromStep("one", "result"), "b": FromConfig(("plus",), "b", 5)}
    fan_in = FromFanIn((FromStep("one", "result"), FromStep("inner.deep", "result"), FromStep("plus", "result")))
    assert sources(plan, "join") == {"parts": fan_in}
    assert sources(plan, "last") == {"start": FromStep("join", "result")}


def test_every_step_comes_after_those_it_needs() -> None:
    plan = plan_of(nested)
    seen: set[str] = set()
    for step in plan.steps.values():
        assert upstream_steps(step) <= seen
        seen.add(step.key)


def test_tags_policies_and_pools_come_from_use_op_graph_and_job() -> None:
    steps = plan_of(nested).steps
    assert steps["one"].tags == {"from": "use", "op": "1"}
    assert steps["inner.one"].tags == {"from": "op", "op": "1"}
    assert steps["inner.deep"].tags == {"from": "graph"}
    policies = {key: step.retry_policy for key, step in steps.items()}
    assert policies["one"] == RetryPolicy(2)
    assert policies["inner.one"] == RetryPolicy(1)
    assert policies["plus"] == RetryPolicy(3)
    assert (steps["one"].pool, steps["plus"].pool) == ("db", None)


def test_inputs_may_come_from_config_and_caller() -> None:
    @graph
    def open_ended(given: int) -> None:
        plus(given)

    opened = open_ended.to_job()
    plan = build_plan(opened, RunSpec("run", opened.name), input_values={"given": 7})
    assert sources(plan, "plus")["a"] == FromValue(7)
    configured = plan_of(nested, run_config={"ops": {"plus": {"inputs": {"b": 9}}}})
    assert sources(configured, "plus")["b"] == FromConfig(("plus",), "b", 5)


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        (["one"], {"one"}),
        (["inner"], {"inner.one", "inner.deep"}),
        (["*inner.deep"], {"one", "inner.one", "inner.deep"}),
        (["inner.one+"], {"inner.one", "inner.deep"}),
        (["inner.one++"], {"inner.one", "inner.deep", "join"}),
        (["++join", "last"], {"one", "inner.deep", "inner.one", "plus", "join", "last"}),
        (["plus*"], {"plus", "join", "last"}),
    ],
)
def test_op_selections(clauses: list[str], expected: set[str]) -> None:
    assert set(plan_of(nested, op_selection=clauses, parent_run_id="parent").steps) == expected


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"op_selection": ["nobody"]}, "Job 'nested' has no op 'nobody'; it has: inner.deep, inner.one, join"),
        ({"op_selection": ["a b"]}, "'a b' is no op selection"),
        ({"step_keys": ["nobody"]}, "has no step nobody"),
        ({"asset_selection": [AssetKey("a")]}, "makes no assets"),
        ({"op_selection": ["one"], "step_keys": ["plus"]}, "has no step plus; it has: one"),
    ],
)
def test_selections_that_do_not_fit(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSubsetError, match=message):
        plan_of(nested, **spec)


def test_what_is_cut_off_is_loaded_from_the_parent_run() -> None:
    plan = plan_of(nested, step_keys=["join", "last"], parent_run_id="parent")
    parts = sources(plan, "join")["parts"].sources
    assert [part.run_id for part in parts] == ["parent"] * 3
    assert sources(plan, "last") == {"start": FromStep("join", "result")}
    alone = plan_of(nested, step_keys=["last"], parent_run_id="parent")
    assert sources(alone, "last") == {"start": None}, "an order has nothing to load"


def test_assets_that_are_not_selected_are_loaded_from_where_they_are_stored() -> None:
    @asset(io_manager_key="lake")
    def first() -> int:
        return 1

    @asset
    def second(first: int) -> int:
        return first

    made = build_asset_job("made", AssetGraph.from_assets([first, second]), {AssetKey("first"), AssetKey("second")})
    assert sources(plan_of(made), "second") == {"first": FromStep("first", "result")}
    plan = plan_of(made, asset_selection=[AssetKey("second")])
    assert sources(plan, "second") == {"first": FromAsset(AssetKey("first"), "lake")}
    assert plan.steps["second"].outputs["result"].asset_key == AssetKey("second")
    with pytest.raises(InvalidSubsetError, match="does not make asset 'third'"):
        plan_of(made, asset_selection=[AssetKey("third")])


def test_an_op_inside_of_a_graph_makes_the_asset_of_the_graphs_output() -> None:
    @graph
    def middle() -> Any:
        return one()

    @graph
    def makes() -> Any:
        return plus(middle())

    made = AssetsDefinition(specs=[AssetSpec("sum")], node_def=makes, keys_by_output_name={"result": AssetKey("sum")})
    plan = plan_of(build_asset_job("made", AssetGraph.from_assets([made]), {AssetKey("sum")}))
    keys = {key: step.outputs["result"].asset_key for key, step in plan.steps.items()}
    assert keys == {"makes.middle.one": None, "makes.plus": AssetKey("sum")}


def test_a_chain_of_three_thousand_ops_needs_no_recursion() -> None:
    @job
    def chain() -> None:
        value = one()
        for number in range(3_000):
            value = plus.alias(f"p{number}")(value)

    assert len(plan_of(chain).steps) == 3_001


@given(st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=1, max_size=12))
def test_any_graph_is_laid_out_upstream_first(edges: list[list[int]]) -> None:
    @job
    def random_job() -> None:
        made: list[Any] = []
        for number, upstream in enumerate(edges):
            taken = [made[each % number] for each in upstream] if number else []
            made.append(join.alias(f"s{number}")(taken) if taken else one.alias(f"s{number}")())

    plan, seen = plan_of(random_job), set[str]()
    for step in plan.steps.values():
        assert upstream_steps(step) <= seen
        seen.add(step.key)
    assert len(seen) == len(edges)
