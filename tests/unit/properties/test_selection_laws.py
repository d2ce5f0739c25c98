"""Laws of selections of assets, on graphs of any shape."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from headrace import AssetKey, AssetSelection, AssetSpec, multi_asset
from headrace.definitions.assets.asset_graph import AssetGraph

NAMES = [f"a{number}" for number in range(8)]


@st.composite
def graphs(draw: st.DrawFn) -> AssetGraph:
    """Assets, each made from some of those before it."""
    specs = []
    for number, name in enumerate(NAMES):
        parents = draw(st.lists(st.sampled_from(NAMES[:number]), unique=True, max_size=3)) if number else []
        specs.append(AssetSpec(name, deps=parents))

    @multi_asset(specs=specs, can_subset=True)
    def everything() -> None: ...

    return AssetGraph.from_assets([everything])


names = st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=4)


def found(selection: AssetSelection, graph: AssetGraph) -> set[AssetKey]:
    return set(selection.resolve(graph))


def keys(some: list[str]) -> AssetSelection:
    return AssetSelection.assets(*some)


@settings(deadline=None, max_examples=60)
@given(graphs(), names, names)
def test_operators_are_those_of_sets(graph: AssetGraph, one: list[str], other: list[str]) -> None:
    a, b = keys(one), keys(other)
    mine, theirs = found(a, graph), found(b, graph)
    assert found(a | b, graph) == mine | theirs
    assert found(a & b, graph) == mine & theirs
    assert found(a - b, graph) == mine - theirs


@settings(deadline=None, max_examples=60)
@given(graphs(), names)
def test_what_is_upstream_is_upstream_of_itself_already(graph: AssetGraph, some: list[str]) -> None:
    up, down = keys(some).upstream(), keys(some).downstream()
    assert found(up.upstream(), graph) == found(up, graph)
    assert found(down.downstream(), graph) == found(down, graph)


@settings(deadline=None, max_examples=60)
@given(graphs(), st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_upstream_and_downstream_are_one_relation(graph: AssetGraph, one: str, other: str) -> None:
    is_above = AssetKey(one) in found(keys([other]).upstream(), graph)
    assert is_above == (AssetKey(other) in found(keys([one]).downstream(), graph))


@settings(deadline=None, max_examples=60)
@given(graphs(), names, st.integers(0, 3))
def test_a_step_further_is_a_step_from_what_was_found(graph: AssetGraph, some: list[str], depth: int) -> None:
    further = found(keys(some).downstream(depth=depth + 1), graph)
    assert further == found(keys(some).downstream(depth=depth).downstream(depth=1), graph)


@settings(deadline=None, max_examples=60)
@given(graphs(), names)
def test_roots_and_sinks_have_nothing_of_the_selection_beyond_them(graph: AssetGraph, some: list[str]) -> None:
    everything = found(keys(some), graph)
    for root in found(keys(some).roots(), graph):
        above = found(AssetSelection.assets(root).upstream(include_self=False), graph)
        assert not above & everything
    assert found(keys(some).sinks(), graph) <= everything


@settings(deadline=None, max_examples=60)
@given(graphs(), names, st.integers(0, 2), st.integers(0, 2))
def test_text_selects_what_python_selects(graph: AssetGraph, some: list[str], up: int, down: int) -> None:
    text = " or ".join(f'{up or ""}{"+" if up else ""}key:"{name}"{"+" if down else ""}{down or ""}' for name in some)
    in_python = [
        (keys([name]).upstream(depth=up) if up else keys([name]))
        | (keys([name]).downstream(depth=down) if down else keys([name]))
        for name in some
    ]
    union = in_python[0]
    for each in in_python[1:]:
        union = union | each
    assert found(AssetSelection.from_string(text), graph) == found(union, graph)
