"""`@asset` and `@multi_asset`."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace import AssetDep, AssetIn, AssetKey, AssetOut, AssetSpec, MaterializeResult, asset, multi_asset
from headrace.errors import InvalidDefinitionError, InvariantViolationError


def deps_of(assets: dg.AssetsDefinition, key: str | None = None) -> list[str]:
    spec = assets.get_asset_spec(AssetKey.from_user_string(key) if key else None)
    return [dep.asset_key.to_user_string() for dep in spec.deps]


def test_parameters_are_the_assets_upstream() -> None:
    @asset
    def orders(customers, products): ...

    assert orders.key == AssetKey("orders")
    assert orders.keys_by_input_name == {"customers": AssetKey("customers"), "products": AssetKey("products")}
    assert deps_of(orders) == ["customers", "products"]


def test_context_config_and_resources_are_no_assets() -> None:
    class Settings(dg.Config):
        limit: int = 3

    class Warehouse(dg.ConfigurableResource):
        url: str

    @asset
    def orders(context: dg.AssetExecutionContext, config: Settings, wh: Warehouse, api: dg.ResourceParam[str], raw): ...

    assert deps_of(orders) == ["raw"]
    assert orders.op.required_resource_keys == {"wh", "api"}
    assert orders.op.config_class is Settings
    assert orders.op.signature.context == "context"


def test_ins_name_the_asset_of_a_parameter() -> None:
    @asset(
        ins={
            "a": AssetIn(key=["x", "a"]),
            "b": AssetIn(key_prefix="y"),
            "c": AssetKey("z"),
            "d": AssetIn(dagster_type=dg.Nothing),
        }
    )
    def made(a, b, c): ...

    assert deps_of(made) == ["x/a", "y/b", "z", "d"]
    assert made.op.ins["d"].is_nothing


def test_deps_order_without_loading() -> None:
    @asset
    def first(): ...

    @asset(deps=[first, "second", ["a", "b"], AssetSpec("spec"), AssetDep("dep"), first])
    def last(): ...

    assert deps_of(last) == ["first", "second", "a/b", "spec", "dep"]
    assert all(each.is_nothing for each in last.op.ins.values())


def test_the_name_and_the_prefix_make_the_key() -> None:
    @asset(name="b", key_prefix=["x", "y"])
    def whatever(): ...

    @asset(key=["k", "l"])
    def other(): ...

    assert whatever.key == AssetKey(["x", "y", "b"])
    assert whatever.op.name == "x__y__b"
    assert other.key == AssetKey(["k", "l"])


def test_everything_that_is_told_about_it_is_kept() -> None:
    @asset(
        group_name="sales",
        description="All of them.",
        kinds={"python", "duckdb"},
        tags={"layer": "gold"},
        owners=["a@example.com", "team:data"],
        metadata={"rows": 5},
        code_version="7",
        io_manager_key="warehouse",
        retry_policy=dg.RetryPolicy(max_retries=2),
        op_tags={"cpu": 2},
        pool="db",
        output_required=False,
    )
    def orders() -> int: ...

    spec = orders.get_asset_spec()
    out = orders.op.outs["result"]
    assert (spec.group, spec.description, spec.kinds, spec.owners) == (
        "sales",
        "All of them.",
        {"python", "duckdb"},
        ["a@example.com", "team:data"],
    )
    assert spec.tags["layer"] == "gold" and spec.metadata == {"rows": 5} and spec.code_version == "7"
    assert (out.io_manager_key, out.is_required, out.type.display_name) == ("warehouse", False, "Int")
    assert (orders.op.retry_policy, orders.op.tags, orders.op.pool) == (
        dg.RetryPolicy(max_retries=2),
        {"cpu": "2"},
        "db",
    )
    assert spec.skippable


def test_the_docstring_is_the_description() -> None:
    @asset
    def documented():
        """What it is.

        More of it.
        """

    assert documented.get_asset_spec().description == "What it is.\n\nMore of it.\n"[:-1]


def test_an_io_manager_can_be_given_as_such() -> None:
    manager = dg.InMemoryIOManager()

    @asset(io_manager_def=manager)
    def made() -> int:
        return 1

    assert made.io_manager_key_for(made.key) == "made__io_manager"
    assert dg.materialize([made]).success


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"group_name": "a b"}, "'a b' is not a valid asset group name"),
        ({"owners": ["nobody"]}, "Invalid owner 'nobody'. Owner must be an email address or a team name"),
        ({"tags": {"a": 1}}, "tags map strings to strings"),
        ({"tags": {"a b": "c"}}, "Found invalid tag keys: Asset 'made' has 'a b'"),
        ({"tags": {"a": "not allowed!"}}, "may have up to 63 letters"),
        ({"kinds": [*"abcdefghijk"]}, "at most ten kinds currently; Asset 'made' has 11"),
        ({"deps": 3}, "deps is a list of assets, not 3"),
        ({"ins": {"no": AssetIn()}}, "`ins` names 'no', but the function has no such parameter; it has: 'up'"),
        ({"deps": ["up"], "ins": {"up": AssetIn(metadata={"a": 1})}}, "'up' is in deps and also the input 'up'"),
        ({"name": "a*b"}, "'a*b' is not a valid name"),
        ({"key": "k", "name": "n"}, "Cannot specify a name or key prefix for @asset when the key argument is provided"),
        ({"io_manager_def": object(), "io_manager_key": "x"}, "Both io_manager_key and io_manager_def were provided"),
        ({"op_tags": {"a": object()}}, "neither a string, nor can it be made one"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(InvalidDefinitionError) as raised:

        @asset(**arguments)
        def made(up): ...

    assert message in str(raised.value)


def test_one_function_makes_several_assets() -> None:
    @multi_asset(
        outs={
            "a": AssetOut(description="A", group_name="own"),
            "b": AssetOut(key=["x", "b"], is_required=False, io_manager_key="wh"),
        },
        group_name=None,
        internal_asset_deps={"b": {AssetKey("a")}},
    )
    def both(up):
        yield dg.Output(1, "a")

    assert both.keys == {AssetKey("a"), AssetKey(["x", "b"])}
    assert deps_of(both, "a") == ["up"]
    assert deps_of(both, "x/b") == ["a"]
    assert both.keys_by_output_name == {"a": AssetKey("a"), "b": AssetKey(["x", "b"])}
    assert both.io_manager_key_for(AssetKey(["x", "b"])) == "wh"
    with pytest.raises(InvariantViolationError, match="are several, so there is no one key: a, x/b"):
        _ = both.key


def test_specs_say_what_is_made() -> None:
    @multi_asset(specs=[AssetSpec("a", deps=["up"]), AssetSpec("b", deps=["a"], skippable=True)], group_name="g")
    def both():
        yield MaterializeResult(asset_key="a")

    assert deps_of(both, "b") == ["a"]
    assert both.keys_by_input_name == {"up": AssetKey("up")}
    assert both.group_names_by_key == {AssetKey("a"): "g", AssetKey("b"): "g"}
    assert [out.is_required for out in both.op.outs.values()] == [True, False]


def test_several_assets_need_outs_or_specs() -> None:
    with pytest.raises(InvalidDefinitionError, match="either outs or specs"):
        multi_asset(outs={"a": AssetOut()}, specs=[AssetSpec("a")])
    with pytest.raises(InvalidDefinitionError, match="specify deps on the AssetSpecs directly"):
        multi_asset(specs=[AssetSpec("a")], deps=["b"])
    with pytest.raises(InvalidDefinitionError, match="internal_asset_deps of 'a' names assets .* nowhere"):

        @multi_asset(outs={"a": AssetOut()}, internal_asset_deps={"a": {AssetKey("nowhere")}})
        def made(): ...


def test_a_subset_is_made_only_where_the_code_can() -> None:
    @multi_asset(specs=[AssetSpec("a"), AssetSpec("b")])
    def together(): ...

    @multi_asset(specs=[AssetSpec("c"), AssetSpec("d")], can_subset=True)
    def apart(): ...

    assert apart.subset_for({AssetKey("c")}).keys == {AssetKey("c")}
    with pytest.raises(dg.InvalidSubsetError, match=r"selected were a, it makes a, b"):
        together.subset_for({AssetKey("a")})


def test_specs_are_changed_by_replacing_and_merging() -> None:
    spec = AssetSpec("a", tags={"x": "1"}, kinds={"python"}, owners=["a@b.co"])

    assert spec.replace_attributes(group_name="g").kinds == {"python"}
    assert spec.replace_attributes(kinds={"sql"}).tags.keys() == {"x", "headrace/kind/sql"}
    merged = spec.merge_attributes(tags={"y": "2"}, owners=["team:t"], metadata={"m": 1}, deps=["up"], kinds={"dbt"})
    assert (merged.owners, merged.kinds, [dep.asset_key for dep in merged.deps]) == (
        ["a@b.co", "team:t"],
        {"python", "dbt"},
        [AssetKey("up")],
    )
    assert merged.tags["y"] == "2" and merged.metadata == {"m": 1}


def test_specs_of_many_assets_are_mapped() -> None:
    @asset
    def made(): ...

    mapped, spec = dg.map_asset_specs(lambda each: each.replace_attributes(owners=["team:x"]), [made, AssetSpec("e")])
    assert mapped.get_asset_spec().owners == spec.owners == ["team:x"]


def test_an_asset_is_called_like_its_function() -> None:
    @asset
    def doubled(number):
        return number * 2

    assert doubled(4) == 8


def test_dependencies_are_taken_away_and_added_where_no_value_is_loaded() -> None:
    @multi_asset(specs=[AssetSpec("a", deps=["b"])])
    def made(): ...

    without = made.map_asset_specs(lambda spec: spec.replace_attributes(deps=[]))
    assert (without.keys_by_input_name, list(without.op.ins)) == ({}, [])
    more = made.map_asset_specs(lambda spec: spec.merge_attributes(deps=["c"]))
    assert more.keys_by_input_name == {"b": AssetKey("b"), "c": AssetKey("c")}

    @asset
    def loads(b): ...

    with pytest.raises(InvalidDefinitionError, match="its value is the input 'b'"):
        loads.map_asset_specs(lambda spec: spec.replace_attributes(deps=[]))


def test_an_asset_can_be_told_as_made_elsewhere() -> None:
    @asset(io_manager_key="lake", metadata={"a": 1}, deps=["up"])
    def made(): ...

    assert made.to_source_assets() == [made.to_source_asset()]
    assert made.to_source_asset() == dg.SourceAsset("made", io_manager_key="lake", metadata={"a": 1})
    assert made.to_source_asset().io_manager_key_for(AssetKey("made")) == "lake"


def test_what_is_known_can_be_told_by_key_instead_of_by_specs() -> None:
    @dg.op(out={"x": dg.Out(), "y": dg.Out(is_required=False)})
    def both(up): ...

    x, y = AssetKey("x"), AssetKey("y")
    made = dg.AssetsDefinition(
        node_def=both,
        keys_by_input_name={"up": AssetKey("up")},
        keys_by_output_name={"x": x, "y": y},
        asset_deps={x: {AssetKey("up")}, y: {x}},
        group_names_by_key={x: "g"},
    )
    assert made.specs_by_key[x] == AssetSpec("x", deps=["up"], group_name="g")
    assert made.specs_by_key[y] == AssetSpec("y", deps=["x"], skippable=True)
    with pytest.raises(InvalidDefinitionError, match="a node_def must be provided"):
        dg.AssetsDefinition()
    with pytest.raises(InvalidDefinitionError, match="leave out group_names_by_key"):
        dg.AssetsDefinition(specs=[AssetSpec("x")], group_names_by_key={x: "g"})
    with pytest.raises(InvalidDefinitionError, match="Each asset key should correspond to a single output"):
        dg.AssetsDefinition(node_def=both, keys_by_output_name={"x": x, "y": x})


def test_specs_are_values() -> None:
    assert AssetSpec("a", deps=["b"], tags={"t": "1"}) == AssetSpec("a", deps=["b"], tags={"t": "1"})
    assert AssetSpec("a") != AssetSpec("a", group_name="g")
    assert dg.Definitions(assets=[AssetSpec("a"), AssetSpec("a")]).resolve_all_asset_keys() == [AssetKey("a")]
    with pytest.raises(InvalidDefinitionError, match="conflicting AssetSpecs"):
        dg.Definitions(assets=[AssetSpec("a"), AssetSpec("a", group_name="g")]).resolve_asset_graph()


@pytest.mark.parametrize("name", ["a-b", "a.b"])
def test_names_may_have_dashes_and_dots(name: str) -> None:
    @asset(name=name, key_prefix="")
    def made() -> int:
        return 1

    assert made.key == AssetKey(name)
    assert made.op.name == "a_b"


def test_partitions_are_said_once_for_what_is_made_together() -> None:
    days, other = dg.DailyPartitionsDefinition("2024-01-01"), dg.StaticPartitionsDefinition(["a"])
    contradicting = {
        "different than the partitions_def": ([dg.AssetSpec("a", partitions_def=other)], days),
        "all specs must have": ([dg.AssetSpec("a", partitions_def=days), dg.AssetSpec("b")], days),
        "can_subset must be True": (
            [dg.AssetSpec("a", partitions_def=days), dg.AssetSpec("b", partitions_def=other)],
            None,
        ),
    }
    for message, (specs, partitions_def) in contradicting.items():
        with pytest.raises(InvalidDefinitionError, match=message):

            @dg.multi_asset(specs=specs, partitions_def=partitions_def)
            def made() -> None: ...
