"""Resources start when they are needed, in order, once, and are torn down in reverse."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from headrace.definitions.jobs.decorator import job
from headrace.definitions.ops.decorator import op
from headrace.definitions.resources.resource import ResourceDefinition, resource
from headrace.definitions.resources.start_order import start_order
from headrace.errors import CyclicDependencyError, InvalidConfigError, ResourceInitError, UnknownResourceError
from headrace.execute.events.event import EngineNoted, ResourcesStarted


def definition(*required: str) -> ResourceDefinition:
    return ResourceDefinition(lambda: None, required_resource_keys=set(required))


def test_what_is_required_starts_first() -> None:
    definitions = {"a": definition("b"), "b": definition("c"), "c": definition(), "unused": definition()}
    assert start_order(["a"], definitions) == ["c", "b", "a"]


def test_a_circle_and_a_gap_are_refused() -> None:
    with pytest.raises(CyclicDependencyError, match="a -> b -> a|b -> a -> b"):
        start_order(["a"], {"a": definition("b"), "b": definition("a")})
    with pytest.raises(UnknownResourceError, match="'b' required was not provided; provided: a"):
        start_order(["a"], {"a": definition("b")})


def test_a_run_starts_each_once_and_tears_down_in_reverse() -> None:
    log: list[str] = []

    @resource
    def inner() -> Iterator[str]:
        log.append("inner up")
        yield "inner"
        log.append("inner down")

    @resource(required_resource_keys={"inner"}, config_schema={"name": str})
    @contextlib.contextmanager
    def outer(context: Any) -> Iterator[str]:
        log.append("outer up")
        yield f"{context.resource_config['name']} over {context.resources.inner}"
        log.append("outer down")

    @resource
    def unused() -> None:
        log.append("unused up")

    @op(required_resource_keys={"outer"})
    def uses(context: Any) -> str:
        log.append("used")
        return context.resources.outer  # type: ignore[no-any-return]

    @job(resource_defs={"outer": outer, "inner": inner, "unused": unused})
    def with_resources() -> None:
        uses()
        uses.alias("again")()

    config = {"resources": {"outer": {"config": {"name": "x"}}}}
    result = with_resources.execute_in_process(config)
    assert result.output_for_node("again") == "x over inner"
    assert log == ["inner up", "outer up", "used", "used", "outer down", "inner down"]
    started = [event.detail for event in result.all_events if isinstance(event.detail, ResourcesStarted)]
    assert [set(each.keys) for each in started] == [{"io_manager", "inner", "outer"}]
    with pytest.raises(InvalidConfigError, match="outer"):
        with_resources.execute_in_process()


def test_torn_down_although_user_code_raised() -> None:
    log: list[str] = []

    @resource
    def client() -> Iterator[str]:
        try:
            yield "client"
        finally:
            log.append("down")

    @op(required_resource_keys={"client"})
    def fails() -> None:
        raise ValueError

    @job(resource_defs={"client": client})
    def failing() -> None:
        fails()

    with pytest.raises(ValueError):
        failing.execute_in_process()
    assert log == ["down"]


def test_a_resource_that_fails_names_itself() -> None:
    @resource
    def broken() -> None:
        raise ConnectionError("no route")

    @op(required_resource_keys={"broken"})
    def uses() -> None: ...

    @job(resource_defs={"broken": broken})
    def failing() -> None:
        uses()

    with pytest.raises(ResourceInitError, match="broken") as raised:
        failing.execute_in_process()
    assert isinstance(raised.value.user_exception, ConnectionError)
    failure = failing.execute_in_process(raise_on_error=False).failure
    assert failure is not None
    assert (failure.type, failure.message) == (
        ResourceInitError.__name__,
        "Error executing resource_fn on ResourceDefinition broken: it raised while the resource was started.",
    )


def test_resources_of_the_caller_replace_those_of_the_job() -> None:
    @op(required_resource_keys={"db"})
    def uses(context: Any) -> str:
        return context.resources.db  # type: ignore[no-any-return]

    @job(resource_defs={"db": ResourceDefinition.hardcoded_resource("real")})
    def replaced() -> None:
        uses()

    assert replaced.execute_in_process(resources={"db": "fake"}).output_for_node("uses") == "fake"
    assert replaced.execute_in_process().output_for_node("uses") == "real"


def test_only_what_the_op_requires_is_there() -> None:
    @op
    def reaches(context: Any) -> None:
        _ = context.resources.db

    @job(resource_defs={"db": ResourceDefinition.hardcoded_resource("real")})
    def refused() -> None:
        reaches()

    with pytest.raises(UnknownResourceError, match="no resource 'db' here; there are: none"):
        refused.execute_in_process()


def test_a_teardown_that_fails_is_told_and_fails_nothing() -> None:
    @resource
    def leaky() -> Iterator[str]:
        yield "open"
        raise ConnectionError("already closed")

    @op(required_resource_keys={"leaky"})
    def uses() -> None: ...

    @job(resource_defs={"leaky": leaky})
    def done() -> None:
        uses()

    result = done.execute_in_process()
    noted = [event.detail for event in result.all_events if isinstance(event.detail, EngineNoted)]
    assert result.success
    assert [note.message.splitlines()[0] for note in noted] == ["Teardown of resources ['leaky'] failed."]
