"""What it means that config says nothing after a colon."""

from __future__ import annotations

import pytest

import headrace as dg


@dg.op(
    config_schema=dg.Selector(
        {"text": str, "maybe": dg.Noneable(str), "rest": {"size": dg.Field(int, default_value=1)}}
    )
)
def chosen(context: dg.OpExecutionContext) -> object:
    return context.op_config


def result(**config: object) -> object:
    return (
        dg.GraphDefinition("g", node_defs=[chosen])
        .to_job()
        .execute_in_process({"ops": {"chosen": {"config": config}}})
        .output_for_node("chosen")
    )


def test_nothing_stands_for_the_defaults_of_a_choice() -> None:
    assert result(rest=None) == {"rest": {"size": 1}}


def test_nothing_is_a_value_where_there_may_be_none() -> None:
    assert result(maybe=None) == {"maybe": None}


def test_nothing_is_refused_as_such_where_a_value_must_be() -> None:
    with pytest.raises(dg.InvalidConfigError, match="config:text must not be None"):
        result(text=None)
