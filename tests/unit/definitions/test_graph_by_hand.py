"""Graphs put together by hand, of definitions and dependencies by name."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg
from headrace.errors import CyclicDependencyError, DuplicateDefinitionError, InvalidDefinitionError


@dg.op
def one() -> int:
    return 1


@dg.op
def plus(a: int, b: int = 10) -> int:
    return a + b


@dg.op
def total(parts: list[int]) -> int:
    return sum(parts)


def test_uses_of_definitions_are_connected_by_name() -> None:
    graph = dg.GraphDefinition(
        "sums",
        node_defs=[one, plus, total],
        dependencies={
            dg.NodeInvocation("one", alias="first"): {},
            dg.NodeInvocation("one", alias="second", tags={"team": "a"}): {},
            "plus": {"a": dg.DependencyDefinition("first"), "b": dg.DependencyDefinition("second")},
            "total": {
                "parts": dg.MultiDependencyDefinition(
                    [dg.DependencyDefinition("first"), dg.DependencyDefinition("plus")]
                )
            },
        },
        output_mappings=[dg.OutputMapping("result", "total", "result")],
    )
    result = graph.execute_in_process()
    assert (result.output_for_node("plus"), result.output_value()) == (2, 3)
    assert graph.node_named("second").tags == {"team": "a"}


def test_inputs_of_the_graph_may_be_part_of_a_fan_in() -> None:
    graph = dg.GraphDefinition(
        "mixed",
        node_defs=[one, total],
        dependencies={
            "total": {
                "parts": dg.MultiDependencyDefinition([dg.DependencyDefinition("one"), dg.MappedInputPlaceholder])
            }
        },
        input_mappings=[dg.InputMapping("given", "total", "parts", fan_in_index=1)],
    )
    assert graph.execute_in_process(input_values={"given": 5}).output_for_node("total") == 6


@pytest.mark.parametrize(
    ("dependencies", "message"),
    [
        ({"nobody": {}}, 'node "nobody" in dependency dictionary not found in node list'),
        ({"plus": {"c": dg.DependencyDefinition("one")}}, 'op "plus" does not have input "c"'),
        ({"plus": {"a": dg.DependencyDefinition("nobody")}}, 'node "nobody" not found in node list'),
        ({"plus": {"a": dg.DependencyDefinition("one", "other")}}, 'node "one" does not have output "other"'),
        ({"plus": dg.DependencyDefinition("one")}, "one layer too high under key plus"),
        ({"plus": {"a": {"b": 1}}}, 'Expected IDependencyDefinition for node "plus" input "a"'),
        ([], 'The expected type for "dependencies" is'),
        (
            {"total": {"parts": dg.MultiDependencyDefinition([dg.MappedInputPlaceholder])}},
            "no input mapping with fan_in_index=0",
        ),
    ],
)
def test_what_cannot_be_connected_is_refused(dependencies: Any, message: str) -> None:
    with pytest.raises(InvalidDefinitionError) as raised:
        dg.GraphDefinition("wrong", node_defs=[one, plus, total], dependencies=dependencies)
    assert message in str(raised.value)


def test_what_cannot_be_placed_is_refused() -> None:
    @dg.op(name="one")
    def another() -> None: ...

    with pytest.raises(DuplicateDefinitionError, match="two definitions with the same name 'one'"):
        dg.GraphDefinition("twice", node_defs=[one, another])
    with pytest.raises(InvalidDefinitionError, match="Invalid item in node list: 'one'"):
        dg.GraphDefinition("names", node_defs=["one"])  # type: ignore[list-item]
    with pytest.raises(CyclicDependencyError, match="circular reference"):
        dg.GraphDefinition("loop", node_defs=[plus], dependencies={"plus": {"a": dg.DependencyDefinition("plus")}})


def test_ops_by_hand_get_their_inputs_as_a_dict() -> None:
    double = dg.OpDefinition(
        lambda _context, inputs: inputs["n"] * 2, "double", ins={"n": dg.In(int)}, outs={"result": dg.Out()}
    )
    graph = dg.GraphDefinition(
        "doubled", node_defs=[one, double], dependencies={"double": {"n": dg.DependencyDefinition("one")}}
    )
    assert graph.execute_in_process().output_for_node("double") == 2


def test_a_job_may_be_made_of_some_ops_only() -> None:
    @dg.graph
    def sums() -> None:
        plus.alias("more")(plus(one()))

    chosen = sums.to_job(op_selection=["one+"])
    assert set(chosen.graph.nodes) == {"one", "plus"} and chosen.op_selection == ["one+"]
    assert chosen.execute_in_process().output_for_node("plus") == 11
    alone = sums.to_job(op_selection=["more"])
    assert alone.execute_in_process({"ops": {"more": {"inputs": {"a": 3}}}}).output_for_node("more") == 13
    assert alone.execute_in_process({"ops": {"more": {"inputs": {"a": 3}}, "one": {}}}).success
    assert set(sums.to_job().get_subset(op_selection=["*"]).graph.nodes) == {"one", "plus", "more"}


def test_assets_made_elsewhere_are_inputs_of_graphs() -> None:
    class Lake(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj: object) -> None: ...

        def load_input(self, context: dg.InputContext) -> int:
            return len(context.asset_key.path[-1])

    @dg.graph
    def sums() -> int:
        return plus(dg.SourceAsset("four", io_manager_key="lake"))  # type: ignore[no-any-return]

    result = sums.to_job(
        resource_defs={"lake": dg.IOManagerDefinition.hardcoded_io_manager(Lake())}
    ).execute_in_process()
    assert result.output_value() == 14
