"""Composing graphs and jobs by calling ops."""

from __future__ import annotations

import pytest

from headrace import DynamicOut, DynamicOutput, GraphOut, In, Nothing, Out, RetryPolicy, graph, job, op
from headrace.definitions.graphs.node import GraphInput, OutputHandle
from headrace.errors import (
    CyclicDependencyError,
    DuplicateDefinitionError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
)


@op
def one() -> int:
    return 1


@op
def plus(a, b=10):
    return a + b


@op
def total(numbers):
    return sum(numbers)


@op(out={"low": Out(), "high": Out()})
def split():
    return 1, 9


def test_calls_become_nodes_and_arguments_become_edges() -> None:
    @job
    def numbers():
        plus(one(), b=one())

    assert list(numbers.graph.nodes) == ["one", "one_2", "plus"]
    assert numbers.graph.edges == {
        ("plus", "a"): OutputHandle("one", "result"),
        ("plus", "b"): OutputHandle("one_2", "result"),
    }
    assert list(numbers.graph.node_order) == ["one", "one_2", "plus"]


def test_several_outputs_are_taken_by_name_or_position() -> None:
    @job
    def parts():
        low, _ = split()
        plus(low, split.alias("again")().high)

    assert parts.graph.edges == {
        ("plus", "a"): OutputHandle("split", "low"),
        ("plus", "b"): OutputHandle("again", "high"),
    }


def test_a_list_is_a_fan_in() -> None:
    @graph
    def fan(extra):
        return total([one(), extra, one()])

    assert fan.edges[("total", "numbers")] == [
        OutputHandle("one", "result"),
        GraphInput("extra"),
        OutputHandle("one_2", "result"),
    ]
    assert fan.input_mappings[0].fan_in_index == 1


def test_an_alias_tags_and_a_retry_policy_are_for_one_use() -> None:
    @job
    def used():
        one.alias("first").tag({"a": "b"}).with_retry_policy(RetryPolicy(max_retries=3))()
        one()

    first = used.graph.nodes["first"]
    assert (first.tags, first.retry_policy) == ({"a": "b"}, RetryPolicy(max_retries=3))
    assert used.retry_policy_of(("first",)) == RetryPolicy(max_retries=3)
    assert used.retry_policy_of(("one",)) is None
    assert used.tags_of(("first",)) == {"a": "b"}


def test_an_order_without_a_value_is_an_edge_too() -> None:
    @op(ins={"after": In(Nothing)})
    def later():
        return 2

    @job
    def ordered():
        later(one())

    assert ordered.graph.edges == {("later", "after"): OutputHandle("one", "result")}


def test_graphs_nest_and_pass_inputs_and_outputs() -> None:
    @graph(out={"sum": GraphOut(), "start": GraphOut()})
    def inner(x):
        start = one()
        return plus(x, start), start

    @job
    def outer():
        result = inner(one())
        total([result.sum, result.start])

    assert [".".join(path) for path, _ in outer.graph.iterate_ops()] == ["one", "inner.one", "inner.plus", "total"]
    assert inner.ins["x"].has_default_value is False
    assert outer.graph.edges[("total", "numbers")] == [
        OutputHandle("inner", "sum"),
        OutputHandle("inner", "start"),
    ]


def test_dynamic_outputs_are_mapped_and_collected() -> None:
    @op(out=DynamicOut(int))
    def many():
        yield DynamicOutput(1, mapping_key="a")

    @job
    def mapped():
        total(many().map(plus).collect())

    assert mapped.graph.edges[("plus", "a")] == OutputHandle("many", "result")
    assert mapped.graph.edges[("total", "numbers")] == OutputHandle("plus", "result", collected=True)


def test_an_unknown_input_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"In job 'wrong', op 'plus' has no input 'c'; it has: 'a', 'b'"):

        @job
        def wrong():
            plus(c=one())


def test_too_many_inputs_are_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="got 3 inputs, but has 2"):

        @job
        def wrong():
            plus(one(), one(), one())


def test_an_input_given_twice_is_refused() -> None:
    with pytest.raises(InvalidInvocationError, match="op plus got multiple values for argument 'a'"):

        @job
        def wrong():
            plus(one(), a=one())


def test_an_op_that_was_not_called_is_refused_with_what_would_be_right() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"the op 'one' itself for input 'a'; call it .* one\(\.\.\.\)"):

        @job
        def wrong():
            plus(one)


def test_a_constant_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"got 5 of type int for input 'a'.*Constants belong in config"):

        @job
        def wrong():
            plus(5)


def test_values_cannot_be_taken_apart_before_there_are_any() -> None:
    with pytest.raises(InvariantViolationError, match="was unpacked"):

        @job
        def unpacked():
            _a, _b = one()

    with pytest.raises(InvariantViolationError, match=r"was indexed with 0"):

        @job
        def indexed():
            plus(one()[0])


def test_outputs_of_another_graph_are_refused() -> None:
    kept = []

    @job
    def first():
        kept.append(one())

    with pytest.raises(InvalidDefinitionError, match="which belongs to job 'first'"):

        @job
        def second():
            plus(kept[0])


def test_one_alias_for_two_nodes_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="two nodes are called 'same'"):

        @job
        def wrong():
            one.alias("same")()
            one.alias("same")()


def test_two_definitions_of_one_name_are_refused_with_both_places() -> None:
    def another():
        @op(name="one")
        def other():
            return 2

        return other

    with pytest.raises(DuplicateDefinitionError) as raised:

        @job
        def wrong():
            one()
            another()()

    assert str(raised.value).count("test_composition.py:") == 2


def test_an_input_of_the_graph_that_nothing_uses_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="unmapped input 'x'"):

        @graph
        def wrong(x):
            one()


def test_an_input_that_can_never_get_a_value_is_refused() -> None:
    class Frame:
        pass

    @op
    def show(frame: Frame):
        pass

    with pytest.raises(InvalidDefinitionError, match=r"Input 'frame' of op 'show' has no way of being resolved"):

        @job
        def wrong():
            show()

    @op
    def count(number: int):
        pass

    @job
    def right():
        count()


def test_declared_outputs_must_be_returned() -> None:
    with pytest.raises(InvalidDefinitionError, match="declares 'a', 'b', but returned nothing"):

        @graph(out={"a": GraphOut(), "b": GraphOut()})
        def wrong():
            one()

    with pytest.raises(InvalidDefinitionError, match="returned 2 outputs without names"):

        @graph
        def unnamed():
            return one(), one()

    with pytest.raises(InvalidDefinitionError, match=r"returned 5 of type int"):

        @graph
        def constant():
            return 5


def test_cycles_are_refused_by_name() -> None:
    from headrace import GraphDefinition
    from headrace.definitions.graphs.node import Node

    with pytest.raises(CyclicDependencyError, match="p -> q -> p|q -> p -> q"):
        GraphDefinition.composed(
            "loop",
            nodes={"p": Node("p", plus), "q": Node("q", plus)},
            dependencies={("p", "a"): OutputHandle("q", "result"), ("q", "a"): OutputHandle("p", "result")},
        )


def test_a_graph_cannot_be_called_but_run() -> None:
    @graph
    def g():
        return one()

    with pytest.raises(InvariantViolationError, match="outside of a composition function"):
        g()
    assert g.execute_in_process().output_value() == 1
    assert g.to_job(name="other").name == "other"


def test_thousands_of_nodes_in_a_row_are_composed() -> None:
    @job
    def long():
        value = one()
        for _ in range(5000):
            value = plus(value)

    assert len(long.graph.node_order) == 5001


def test_a_dynamic_output_is_mapped_or_collected_and_not_passed_on() -> None:
    @op(out=DynamicOut(int))
    def many():
        yield DynamicOutput(1, mapping_key="a")

    with pytest.raises(InvalidDefinitionError, match=r"got the dynamic output 'result' of 'many'.*\.map"):

        @job
        def wrong():
            plus(many())
