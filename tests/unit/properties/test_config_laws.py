"""Laws of run config: what is given stays, what is left out is filled in, what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import headrace as dg

scalars = st.sampled_from([(int, st.integers(-5, 5)), (str, st.text("abc", max_size=3)), (bool, st.booleans())])
field_names = st.sampled_from(["one", "two", "three", "four"])


@st.composite
def shapes(draw: st.DrawFn, depth: int = 2) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A schema, a config that fits it, and what that config is when it is complete."""
    schema: dict[str, Any] = {}
    config: dict[str, Any] = {}
    complete: dict[str, Any] = {}
    for name in draw(st.lists(field_names, unique=True, min_size=1, max_size=3)):
        if depth and draw(st.booleans()):
            schema[name], config[name], complete[name] = draw(shapes(depth - 1))
            continue
        kind, values = draw(scalars)
        default, given_value = draw(values), draw(values)
        optional, left_out = draw(st.booleans()), draw(st.booleans())
        schema[name] = dg.Field(kind, default_value=default, is_required=False) if optional else dg.Field(kind)
        if optional and left_out:
            complete[name] = default
        else:
            config[name] = complete[name] = given_value
    return schema, config, complete


def resolved(schema: dict[str, Any], config: dict[str, Any]) -> Any:
    @dg.op(config_schema=schema)
    def configured() -> None: ...

    @dg.job
    def configured_job() -> None:
        configured()

    run_config = dg.validate_run_config(configured_job, {"ops": {"configured": {"config": config}}})
    return run_config["ops"]["configured"]["config"]


@settings(deadline=None, max_examples=40)
@given(shapes())
def test_what_is_given_stays_and_what_is_left_out_is_its_default(case: tuple[Any, Any, Any]) -> None:
    schema, config, complete = case
    assert resolved(schema, config) == complete


@settings(deadline=None, max_examples=40)
@given(shapes())
def test_complete_config_is_complete(case: tuple[Any, Any, Any]) -> None:
    schema, config, _ = case
    once = resolved(schema, config)
    assert resolved(schema, once) == once


@settings(deadline=None, max_examples=40)
@given(shapes(), st.sampled_from(["unknown", "onee", "tw"]))
def test_what_is_not_in_the_schema_is_named(case: tuple[Any, Any, Any], name: str) -> None:
    schema, config, _ = case
    with pytest.raises(dg.InvalidConfigError, match=name):
        resolved(schema, {**config, name: 1})


@settings(deadline=None, max_examples=40)
@given(shapes())
def test_what_is_required_and_missing_is_named(case: tuple[Any, Any, Any]) -> None:
    schema, config, _ = case
    schema = {**schema, "needed": dg.Field(int)}
    with pytest.raises(dg.InvalidConfigError, match="needed"):
        resolved(schema, config)
