"""Jobs that make assets."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace import AssetKey, AssetOut, AssetSelection, AssetSpec, asset, define_asset_job, multi_asset
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.graphs.node import OutputHandle
from headrace.definitions.resources.coercion import as_resource_definitions


@asset
def a():
    return 1


@asset(io_manager_key="wh")
def b(a):
    return a + 1


@asset(deps=[b])
def c(source):
    return 3


SOURCE = AssetSpec("source", metadata={"headrace/io_manager_key": "lake"})


RESOURCES = as_resource_definitions({"wh": dg.InMemoryIOManager(), "lake": dg.InMemoryIOManager()})


def resolved(selection, *assets, **arguments) -> dg.JobDefinition:
    return define_asset_job("j", selection, **arguments).resolve(
        AssetGraph.from_assets(assets or (a, b, c, SOURCE)), resource_defs=RESOURCES
    )


def test_edges_follow_the_assets_that_are_selected() -> None:
    job = resolved(AssetSelection.all())
    assert job.graph.edges == {
        ("b", "a"): OutputHandle("a", "result"),
        ("c", "b"): OutputHandle("b", "result"),
    }
    assert list(job.graph.node_order) == ["a", "b", "c"]


def test_what_is_not_selected_is_read_from_where_it_is_stored() -> None:
    job = resolved("c")
    layer = job.asset_layer
    assert layer is not None
    assert (job.graph.edges, layer.key_of_input("c", "source")) == ({}, AssetKey("source"))
    assert layer.key_of_output("c", "result") == AssetKey("c")
    assert (layer.io_manager_key(AssetKey("source")), layer.io_manager_key(AssetKey("b"))) == ("lake", "wh")
    assert layer.selected_keys == {AssetKey("c")}
    assert {requirement.key for requirement in job.resource_requirements} == {"io_manager", "lake", "wh"}


def test_arguments_reach_the_job() -> None:
    job = resolved(
        "a",
        config={"ops": {}},
        description="What",
        tags={"t": "1"},
        run_tags={"r": "2"},
        metadata={"m": 1},
        executor_def=dg.in_process_executor,
        op_retry_policy=dg.RetryPolicy(max_retries=4),
    )
    assert (job.name, job.description, job.tags, job.run_tags) == ("j", "What", {"t": "1"}, {"r": "2"})
    assert job.executor_def is dg.in_process_executor
    assert job.retry_policy_of(("a",)) == dg.RetryPolicy(max_retries=4)


def test_outputs_of_one_function_feed_others() -> None:
    @multi_asset(outs={"x": AssetOut(), "y": AssetOut(key=["p", "y"])})
    def both():
        return 1, 2

    @asset(ins={"y": dg.AssetIn(key=["p", "y"])})
    def z(x, y):
        return x + y

    job = resolved(None, both, z)
    assert job.graph.edges == {
        ("z", "x"): OutputHandle("both", "x"),
        ("z", "y"): OutputHandle("both", "y"),
    }
    assert job.execute_in_process().output_for_node("z") == 3


def test_functions_of_one_name_get_nodes_of_their_own() -> None:
    def several(key: str):
        @multi_asset(specs=[AssetSpec(key)], name="same")
        def made(): ...

        return made

    assert list(resolved(None, several("x"), several("y")).graph.nodes) == ["same", "same_2"]


def test_part_of_several_assets_is_selected_only_where_the_code_can() -> None:
    @multi_asset(specs=[AssetSpec("x"), AssetSpec("y")])
    def both(): ...

    with pytest.raises(
        dg.InvalidDefinitionError,
        match=r"Failed to resolve asset job j .* cannot be made apart .* selected were x, it makes x, y",
    ):
        resolved("x", both)


def test_functions_that_take_turns_are_placed_several_times() -> None:
    @multi_asset(specs=[AssetSpec("x1"), AssetSpec("x2", deps=["mid"])], can_subset=True)
    def outer(context):
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(asset_key=key)

    @asset(deps=["x1"])
    def mid():
        return 1

    job = resolved(None, outer, mid)
    assert list(job.graph.node_order) == ["outer", "mid", "outer_2"]
    result = job.execute_in_process()
    made = {node: result.asset_materializations_for_node(node) for node in ("outer", "outer_2")}
    assert {node: [each.asset_key for each in events] for node, events in made.items()} == {
        "outer": [AssetKey("x1")],
        "outer_2": [AssetKey("x2")],
    }


def test_different_resources_of_one_name_are_refused() -> None:
    @asset(resource_defs={"r": dg.ResourceDefinition.hardcoded_resource(1)})
    def x(): ...

    @asset(resource_defs={"r": dg.ResourceDefinition.hardcoded_resource(2)})
    def y(): ...

    with pytest.raises(
        dg.InvalidDefinitionError,
        match=r"Conflicting versions of resource with key 'r' were provided to different assets.*test_asset_job.py:",
    ):
        resolved(None, x, y)


def test_one_resource_in_several_assets_is_no_conflict() -> None:
    class Client(dg.ConfigurableResource):
        url: str

    client = Client(url="u")

    @asset(resource_defs={"r": client})
    def x(context):
        return context.resources.r.url

    @asset(resource_defs={"r": client})
    def y(): ...

    assert resolved(None, x, y).execute_in_process().output_for_node("x") == "u"
