"""All assets together: unique, acyclic, resolved."""

from __future__ import annotations

import pytest

from headrace import AssetIn, AssetKey, AssetSpec, asset, multi_asset
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.errors import CyclicDependencyError, DuplicateDefinitionError, InvalidDefinitionError, UnknownNameError


def graph_of(*assets) -> AssetGraph:
    return AssetGraph.from_assets(assets)


def names(keys) -> list[str]:
    return sorted(key.to_user_string() for key in keys)


def test_parents_children_groups_and_order() -> None:
    @asset(group_name="g")
    def a(): ...

    @asset(deps=[a])
    def b(): ...

    @asset
    def c(a, b): ...

    graph = graph_of(c, b, a)
    assert names(graph.parents[AssetKey("c")]) == ["a", "b"]
    assert names(graph.children[AssetKey("a")]) == ["b", "c"]
    assert [key.to_user_string() for key in graph.topological_keys] == ["a", "b", "c"]
    assert {group: names(keys) for group, keys in graph.groups.items()} == {"g": ["a"], "default": ["b", "c"]}


def test_one_key_defined_twice_is_refused_with_both_places() -> None:
    def again():
        @asset(name="same")
        def other(): ...

        return other

    @asset
    def same(): ...

    with pytest.raises(
        DuplicateDefinitionError, match=r"Duplicate asset key: AssetKey\(\['same'\]\) is defined twice"
    ) as raised:
        graph_of(same, again())
    assert str(raised.value).count("test_asset_graph.py:") == 2


def test_one_object_given_twice_is_one_asset() -> None:
    @asset
    def same(): ...

    assert names(graph_of(same, same).keys) == ["same"]


def test_cycles_are_refused_with_their_places() -> None:
    @asset
    def a(c): ...

    @asset
    def b(a): ...

    @asset
    def c(b): ...

    with pytest.raises(CyclicDependencyError, match=r"Assets depend on themselves: a \(.*:\d+\) -> b .* -> c .* -> a"):
        graph_of(a, b, c)


def test_an_asset_depends_on_itself_only_across_time() -> None:
    with pytest.raises(
        InvalidDefinitionError, match="Assets can only depend on themselves if they are partitioned by time"
    ):

        @asset(deps=["a"])
        def a(): ...


def test_what_is_defined_nowhere_is_made_elsewhere() -> None:
    @asset(deps=["raw"])
    def a(): ...

    graph = graph_of(a, AssetSpec("source", group_name="s"))
    assert names(graph.external_keys) == ["raw", "source"]
    assert names(graph.undefined_keys) == ["raw"]
    assert names(graph.materializable_keys) == ["a"]


def test_a_value_that_nobody_could_load_is_refused_with_what_may_be_meant() -> None:
    @asset(key_prefix="p")
    def orders(): ...

    @asset(ins={"orders": AssetIn(["p", "order"])})
    def totals(orders): ...

    with pytest.raises(InvalidDefinitionError, match=r'Input asset "\["p", "order"\]" is not produced') as raised:
        graph_of(orders, totals)
    assert 'Did you mean one of the following?\n\t["p", "orders"]' in str(raised.value)


def test_a_bare_name_means_the_asset_below_the_same_prefix() -> None:
    @asset(key_prefix=["x", "y"])
    def up(): ...

    @asset(key_prefix=["x", "y"])
    def down(up): ...

    graph = graph_of(up, down)
    assert names(graph.parents[AssetKey(["x", "y", "down"])]) == ["x/y/up"]
    assert graph.assets_def_for(AssetKey(["x", "y", "down"])).keys_by_input_name == {"up": AssetKey(["x", "y", "up"])}


def test_a_bare_name_means_the_one_asset_of_that_name_in_the_same_group() -> None:
    @asset(key_prefix="p", group_name="g")
    def up(): ...

    @asset(key_prefix="q", group_name="g")
    def down(up): ...

    @asset(key_prefix="r", group_name="other", deps=["up"])
    def elsewhere(): ...

    graph = graph_of(up, down, elsewhere)
    assert names(graph.parents[AssetKey(["q", "down"])]) == ["p/up"]
    assert names(graph.parents[AssetKey(["r", "elsewhere"])]) == ["up"]


def test_thousands_of_assets_in_a_row_are_walked() -> None:
    def link(number: int):
        @asset(name=f"a{number}", deps=[f"a{number - 1}"] if number else [])
        def made(): ...

        return made

    graph = graph_of(*[link(number) for number in range(5000)])
    assert graph.topological_keys[-1] == AssetKey("a4999")


def test_several_assets_of_one_function_may_depend_on_each_other() -> None:
    @multi_asset(specs=[AssetSpec("a"), AssetSpec("b", deps=["a"])])
    def both(): ...

    assert names(graph_of(both).parents[AssetKey("b")]) == ["a"]


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="There is no asset 'x/y'"):
        graph_of().get(AssetKey(["x", "y"]))


def test_a_suggestion_is_never_the_asset_that_asks() -> None:
    @asset
    def asset1() -> int:
        return 1

    @asset
    def asset2(assset: int) -> None: ...

    with pytest.raises(InvalidDefinitionError, match=r'Did you mean one of the following\?\n\t\["asset1"\]$'):
        AssetGraph.from_assets([asset1, asset2])


def test_a_bare_name_is_read_in_a_group_only_if_there_is_one_group() -> None:
    @asset(key_prefix="far", group_name="a")
    def upstream() -> None: ...

    together = multi_asset(specs=[AssetSpec("x", deps=["upstream"], group_name="a")])
    apart = multi_asset(specs=[AssetSpec("x", deps=["upstream"], group_name="a"), AssetSpec("y", group_name="b")])
    for decorate, expected in ((together, "far/upstream"), (apart, "upstream")):

        @decorate
        def made() -> None: ...

        [parent] = AssetGraph.from_assets([upstream, made]).get(AssetKey("x")).deps
        assert parent.asset_key.to_user_string() == expected
