"""Ops and assets are functions: called directly, they take what they need and return what they return."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from headrace.config.pythonic import Config
from headrace.definitions.assets.decorator import asset
from headrace.definitions.assets.events import AssetMaterialization, MaterializeResult
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.outputs import Out, Output
from headrace.definitions.resources.param import ResourceParam
from headrace.definitions.resources.resource import resource
from headrace.errors import (
    InvalidConfigError,
    InvalidInvocationError,
    InvariantViolationError,
    ResourceNotProvidedError,
    TypeCheckError,
)
from headrace.testing.contexts import build_asset_context, build_op_context


class Settings(Config):
    n: int = 2


@op
def add(first: int, second: int = 10) -> int:
    return first + second


@op
def times(context: Any, value: int, config: Settings) -> int:
    return value * config.n


def test_inputs_by_place_name_and_default() -> None:
    assert add(1, 2) == 3
    assert add(1, second=3) == 4
    assert add(first=1) == 11


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, 'No value provided for required input "first"'),
        ((1, 2, 3), {}, "Too many input arguments were provided for op"),
        ((1,), {"first": 2}, "got multiple values for argument 'first'"),
        ((1,), {"third": 2}, "has no input 'third'; it has: 'first', 'second'"),
    ],
)
def test_wrong_inputs_are_refused(args: Any, kwargs: Any, message: str) -> None:
    with pytest.raises(InvalidInvocationError, match=message):
        add(*args, **kwargs)


def test_config_comes_by_context_or_argument() -> None:
    assert times(build_op_context(op_config={"n": 3}), 2) == 6
    assert times(build_op_context(), 2) == 4
    assert times(build_op_context(), 2, config=Settings(n=5)) == 10
    assert times(build_op_context(), 2, config={"n": 6}) == 12
    with pytest.raises(InvalidInvocationError, match="Cannot provide config in both context and kwargs"):
        times(build_op_context(op_config={"n": 3}), 2, config=Settings())
    with pytest.raises(InvalidConfigError, match="n"):
        times(build_op_context(op_config={"n": "three"}), 2)


def test_a_context_is_asked_for_where_the_function_takes_one() -> None:
    with pytest.raises(InvalidInvocationError, match="has context argument, but no context was provided"):
        times()
    with pytest.raises(InvalidInvocationError, match="but got a int"):
        times(5)
    assert add(build_op_context(), 1) == 11, "a context that the function does not take is only for its resources"
    assert times(context=build_op_context(), value=2) == 4


def test_resources_come_by_context_or_argument() -> None:
    events = []

    @resource
    def client() -> Iterator[str]:
        events.append("up")
        yield "client"
        events.append("down")

    @op(required_resource_keys={"db"})
    def reads(context: Any) -> str:
        return f"from {context.resources.db}"

    @op
    def takes(db: ResourceParam[str]) -> str:
        return f"with {db}"

    with build_op_context(resources={"db": client}) as context:
        assert reads(context) == "from client"
        assert takes(context) == "with client"
        assert events == ["up"]
    assert events == ["up", "down"]
    assert takes(db="mine") == "with mine"
    with pytest.raises(ResourceNotProvidedError, match="'db' required by op '.*' was not provided; pass it as db="):
        takes()
    with pytest.raises(
        ResourceNotProvidedError, match="'db' required by op '.*' was not provided; pass it in the context"
    ):
        reads(build_op_context())


def test_results_are_returned_as_they_are_after_a_check() -> None:
    @op(out={"a": Out(int), "b": Out(int)})
    def two(fit: bool) -> Any:
        return (1, 2) if fit else 1

    @op
    def wrapped() -> Any:
        return Output(5, metadata={"x": 1})

    @op
    def text() -> str:
        return 5  # type: ignore[return-value]

    assert two(True) == (1, 2)
    assert wrapped() == Output(5, metadata={"x": 1})
    with pytest.raises(InvariantViolationError, match="has multiple outputs"):
        two(False)
    with pytest.raises(TypeCheckError, match="must be a string"):
        text()


def test_generators_and_coroutines_stay_what_they_are() -> None:
    @op
    def yields() -> Iterator[Any]:
        yield AssetMaterialization("a")
        yield Output(1)

    @op
    async def waits() -> int:
        return 4

    assert [type(each).__name__ for each in yields()] == ["AssetMaterialization", "Output"]
    assert asyncio.run(waits()) == 4


def test_assets_are_called_alike() -> None:
    @asset(key_prefix="p")
    def made(context: Any, upstream: int) -> MaterializeResult[Any]:
        context.log.info("hello")
        return MaterializeResult(metadata={"key": context.asset_key.to_user_string(), "n": upstream})

    result = made(build_asset_context(partition_key="x"), upstream=3)
    assert dict(result.metadata) == {"key": "p/made", "n": 3}


def test_the_context_of_a_test_knows_what_it_was_given() -> None:
    context = build_asset_context(partition_key="2024-01-01", run_tags={"team": "x"})

    @asset
    def looks(context: Any) -> Any:
        context.log_event(AssetMaterialization("other"))
        context.add_output_metadata({"n": 1})
        return (context.partition_key, context.get_tag("team"), context.run_id, context.retry_number)

    assert looks(context) == ("2024-01-01", "x", "EPHEMERAL", 0)
    assert context.get_events() == [AssetMaterialization("other")]
    assert context.get_output_metadata("result")["n"] == 1
    assert context.asset_key == AssetKey("looks")


def test_a_context_of_no_op_says_so() -> None:
    with pytest.raises(InvalidInvocationError, match="belongs to no op yet"):
        _ = build_op_context().op_def
