"""Selections of assets, in Python and as text."""

from __future__ import annotations

import pytest

from headrace import AssetKey, AssetSelection, AssetSpec, TableColumn, TableSchema, asset, multi_asset
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.errors import InvalidDefinitionError, InvalidSubsetError


@asset(group_name="in", kinds=["python"], tags={"layer": "raw"}, owners=["team:data"])
def a(source): ...


@asset(group_name="in", tags={"layer": "raw"})
def b(a): ...


@asset(key_prefix="p", kinds=["sql"], owners=["me@example.com"])
def c(b): ...


@asset(key_prefix=["p", "q"])
def d(c): ...


@multi_asset(specs=[AssetSpec("m1", deps=["a"]), AssetSpec("m2")])
def m(): ...


GRAPH = AssetGraph.from_assets([a, b, c, d, m, AssetSpec("source", group_name="in")])
S = AssetSelection


def found(selection: AssetSelection | str) -> str:
    selection = S.from_string(selection) if isinstance(selection, str) else selection
    return " ".join(sorted(key.to_user_string() for key in selection.resolve(GRAPH)))


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (S.all(), "a b m1 m2 p/c p/q/d"),
        (S.all(include_sources=True), "a b m1 m2 p/c p/q/d source"),
        (S.assets(a, "p/c", AssetKey("b"), ["p", "q", "d"], AssetSpec("m1")), "a b m1 p/c p/q/d"),
        (S.assets(m), "m1 m2"),
        (S.keys("a", AssetKey(["p", "c"])), "a p/c"),
        (S.groups("in"), "a b"),
        (S.groups("in", include_sources=True), "a b source"),
        (S.groups("in", "default"), "a b m1 m2 p/c p/q/d"),
        (S.tag("layer", "raw"), "a b"),
        (S.tag_string("layer=raw"), "a b"),
        (S.kind("sql"), "p/c"),
        (S.owner("team:data"), "a"),
        (S.key_prefixes("p"), "p/c p/q/d"),
        (S.key_prefixes(["p", "q"], "m"), "p/q/d"),
        (S.key_substring("q/"), "p/q/d"),
        (S.assets("p/q/d").upstream(), "a b p/c p/q/d"),
        (S.assets("p/q/d").upstream(depth=1), "p/c p/q/d"),
        (S.assets("p/q/d").upstream(include_self=False), "a b p/c"),
        (S.assets("a").downstream(), "a b m1 p/c p/q/d"),
        (S.assets("a").downstream(depth=1, include_self=False), "b m1"),
        (S.assets("a").downstream(depth=0), "a"),
        (S.all().roots(), "a m2"),
        (S.groups("in").sinks(), "b"),
        (S.assets("b").upstream_source_assets(), "source"),
        (S.all(include_sources=True).materializable(), "a b m1 m2 p/c p/q/d"),
        (S.assets("m1").required_multi_asset_neighbors(), "m1 m2"),
        (S.groups("in") | S.kind("sql"), "a b p/c"),
        (S.groups("in") & S.kind("python"), "a"),
        (S.all() - S.key_prefixes("p") - S.assets(m), "a b"),
    ],
)
def test_what_a_selection_finds(selection: AssetSelection, expected: str) -> None:
    assert found(selection) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", "a b m1 m2 p/c p/q/d"),
        ("a", "a"),
        ("p/c", "p/c"),
        ("a+", "a b m1"),
        ("a++", "a b m1 p/c"),
        ("a*", "a b m1 p/c p/q/d"),
        ("*p/q/d", "a b p/c p/q/d"),
        ("*p/c+", "a b p/c p/q/d"),
        ("+p/c", "b p/c"),
        ("2+p/c", "a b p/c"),
        ('key:"p/*"', "p/c p/q/d"),
        ("key:p/*", "p/c p/q/d"),
        ('+key:"p/c"', "a b p/c"),
        ('1+key:"p/c"+1', "b p/c p/q/d"),
        ("key_substring:q", "p/q/d"),
        ("group:in", "a b"),
        ('group:"in" and not kind:python', "b"),
        ("tag:layer=raw", "a b"),
        ('tag:"layer"="raw"', "a b"),
        ("owner:team:data or owner:me@example.com", "a p/c"),
        ("kind:sql+", "p/c p/q/d"),
        ("(a or b)+", "a b m1 p/c p/q/d"),
        ("roots(key:p/*)", "p/c"),
        ("sinks(group:in)", "b"),
        ("not (group:in or key:m*)", "p/c p/q/d"),
        ("a, b", "a b"),
        ("a or b and p/c", "a"),
    ],
)
def test_what_an_expression_finds(text: str, expected: str) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected an asset, an attribute or '(' at position 0, found the end"),
        ("a b", "expected 'and', 'or' or the end at position 2, found 'b'"),
        ("(a", "expected ')' at position 2, found the end"),
        ("colour:red", "job before ':' at position 0, found 'colour'"),
        ("is:nonsense", "A selection's is is one of external, materializable, not 'nonsense'"),
        ("group:", "expected a value for group at position 6"),
        ("a and", "found the end"),
        ('group:"sales', "cannot be read at position 6"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stops_making_sense(text: str, message: str) -> None:
    with pytest.raises(InvalidDefinitionError) as raised:
        S.from_string(text)
    assert message in str(raised.value)


def test_assets_that_are_not_there_are_refused_with_a_suggestion() -> None:
    with pytest.raises(
        InvalidSubsetError, match=r'supply these keys; did you mean one of the following\?\n\t\["p", "c"\]'
    ):
        S.assets("c").resolve(GRAPH)
    assert S.assets("c", "a").resolve(GRAPH, allow_missing=True) == {AssetKey("a")}


def test_a_list_selects_what_its_items_do() -> None:
    assert found(S.from_coercible([a, "p/c", AssetKey("b"), "group:in"])) == "a b p/c"
    with pytest.raises(InvalidDefinitionError, match="5 selects nothing"):
        S.from_coercible(5)  # type: ignore[arg-type]


def test_selections_combine_with_selections_only() -> None:
    with pytest.raises(InvalidDefinitionError, match="is no AssetSelection"):
        S.all() - "a"  # type: ignore[operator]


@pytest.mark.parametrize(
    "selection",
    [
        AssetSelection.all(),
        AssetSelection.assets("a", "b/c"),
        AssetSelection.groups("g", "h") & AssetSelection.kind("dbt"),
        AssetSelection.tag("layer", "gold") | AssetSelection.owner("team:x"),
        AssetSelection.assets("a").upstream(depth=2) - AssetSelection.key_substring("x"),
        AssetSelection.groups("g").downstream(include_self=False),
        AssetSelection.all().roots().sinks(),
        AssetSelection.key_prefixes("p"),
    ],
)
def test_a_selection_is_written_as_the_expression_that_reads_it(selection: AssetSelection) -> None:
    specs = [
        AssetSpec("a", group_name="g", kinds={"dbt"}, deps=["b/c"]),
        AssetSpec(["b", "c"], tags={"layer": "gold"}, group_name="h", deps=["x"]),
        AssetSpec("x", owners=["team:x"], deps=[["p", "q"]]),
        AssetSpec(["p", "q"], group_name="g"),
    ]

    @multi_asset(specs=specs, can_subset=True)
    def all_of_them(): ...

    again = AssetSelection.from_string(selection.to_selection_str())
    assert again.resolve([all_of_them]) == selection.resolve([all_of_them])


def test_selections_are_values() -> None:
    assert S.groups("g") | S.kind("k") | S.keys("a") == S.groups("g") | (S.kind("k") | S.keys("a"))
    assert S.from_string("group:g and not kind:<null>") == S.groups("g") & (S.all() - S.kind(None))
    assert len({S.assets("a").upstream(), S.keys("a").upstream(), S.keys("a").upstream(2)}) == 2


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        (S.keys("a", "p/b") & S.groups("g"), '(key:"a" or key:"p/b") and group:"g"'),
        (S.all() - S.tag("t", ""), 'not tag:"t"'),
        (S.groups("g").upstream(2) | S.keys("a").downstream(), '2+group:"g" or key:"a"+'),
        (S.keys("a") - S.keys("b") - S.keys("c"), '(key:"a" and not key:"b") and not key:"c"'),
        (S.from_string('group:"sales/*"'), 'group:"sales/*"'),
    ],
)
def test_a_selection_reads_well(selection: AssetSelection, text: str) -> None:
    assert str(selection) == selection.to_selection_str() == text


def test_what_only_the_console_knows_is_read_and_not_resolved() -> None:
    with pytest.raises(
        InvalidSubsetError, match='job:"nightly" asks for what the definitions of a location do not say'
    ):
        S.from_string("job:nightly").resolve(GRAPH)


def test_partitions_and_places_of_making_are_selected() -> None:
    assert found("is:external") == "source"
    assert found("partitions:none and is:materializable") == found("*")
    assert found("partitions:time") == ""


def test_tables_and_their_columns_are_selected() -> None:
    schema = TableSchema([TableColumn("n", tags={"pii": "yes"})])
    specs = [
        AssetSpec("a", metadata={"dagster/column_schema": schema, "dagster/table_name": "db.a"}),
        AssetSpec("b", owners=["team:x"], group_name="g"),
    ]

    def selected(text: str) -> set[str]:
        return {key.to_user_string() for key in S.from_string(text, include_sources=True).resolve(specs)}

    assert selected("column:n") == selected("table_name:db.a") == selected("column_tag:pii=yes") == {"a"}
    assert selected("owner:<null>") == selected("group:<null>") == {"a"}
    assert selected("NOT column:n AND group:g") == {"b"}
    with pytest.raises(InvalidDefinitionError, match="Every asset has a key"):
        S.from_string("key:<null>")
