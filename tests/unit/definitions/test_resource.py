"""Resources made by functions."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

import headrace as dg
from headrace import Field, IOManager, ResourceDefinition, StringSource, build_init_resource_context, resource
from headrace.definitions.resources.coercion import as_resource_definition, as_resource_definitions
from headrace.definitions.resources.scope import build_resources
from headrace.errors import (
    CyclicDependencyError,
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
    ResourceInitError,
    UnknownResourceError,
)


def test_a_function_with_a_context_gets_its_config() -> None:
    @resource(config_schema={"url": StringSource, "port": Field(int, default_value=80)})
    def client(context):
        """A client."""
        return f"{context.resource_config['url']}:{context.resource_config['port']}"

    assert client.description == "A client."
    with build_resources({"c": client}, resource_config={"c": {"config": {"url": "h"}}}) as resources:
        assert resources.c == "h:80"


def test_a_function_without_a_context_is_taken_too() -> None:
    @resource
    def simple():
        return 5

    with build_resources({"r": simple}) as resources:
        assert resources.r == 5
    assert simple() == 5
    with pytest.raises(InvalidInvocationError, match="function has no context argument"):
        simple(build_init_resource_context())


def test_configured_fixes_config_and_reads_the_environment_when_it_starts(monkeypatch) -> None:
    @resource({"key": StringSource, "use_ssl": Field(bool, default_value=True)})
    def s3(context):
        return context.resource_config

    configured = s3.configured({"key": {"env": "S3_KEY"}, "use_ssl": False})
    monkeypatch.setenv("S3_KEY", "secret")
    with build_resources({"s3": configured}) as resources:
        assert resources.s3 == {"key": "secret", "use_ssl": False}
    monkeypatch.delenv("S3_KEY")
    with pytest.raises(InvalidConfigError, match="environment variable .S3_KEY. which is not set"):
        with build_resources({"s3": configured}):
            pass


def test_configured_refuses_wrong_config_at_once_with_the_path() -> None:
    @resource({"key": str})
    def s3(context): ...

    with pytest.raises(InvalidConfigError, match='Invalid scalar at path root:key. Value "5"'):
        s3.configured({"key": 5})


def test_configured_with_a_function_takes_another_schema() -> None:
    @resource({"url": str})
    def client(context):
        return context.resource_config["url"]

    @dg.configured(client, config_schema={"host": str})
    def by_host(config):
        return {"url": f"https://{config['host']}"}

    with build_resources({"c": by_host}, resource_config={"c": {"config": {"host": "h"}}}) as resources:
        assert resources.c == "https://h"


def test_generators_and_context_managers_are_torn_down() -> None:
    log = []

    @resource
    def generator(context):
        log.append("open generator")
        yield 1
        log.append("close generator")

    @resource
    @contextmanager
    def manager():
        log.append("open manager")
        try:
            yield 2
        finally:
            log.append("close manager")

    with build_resources({"a": generator, "b": manager}) as resources:
        assert (resources.a, resources.b) == (1, 2)
    assert log == ["open generator", "open manager", "close manager", "close generator"]


def test_a_value_that_happens_to_be_a_context_manager_arrives_unopened(tmp_path) -> None:
    (tmp_path / "f").write_text("x")

    @resource
    def handle():
        return open(tmp_path / "f")

    with build_resources({"h": handle}) as resources:
        assert resources.h.read() == "x"
        resources.h.close()


def test_resources_start_after_those_they_need() -> None:
    @resource(required_resource_keys={"b"})
    def a(context):
        return context.resources.b + 1

    with build_resources({"a": a, "b": 1}) as resources:
        assert resources.a == 2
    with pytest.raises(UnknownResourceError, match="'b' required was not provided"):
        with build_resources({"a": a}):
            pass


def test_resources_that_need_each_other_are_refused() -> None:
    @resource(required_resource_keys={"b"})
    def a(): ...

    @resource(required_resource_keys={"a"})
    def b(): ...

    with pytest.raises(CyclicDependencyError, match="a -> b -> a|b -> a -> b"):
        with build_resources({"a": a, "b": b}):
            pass


def test_an_error_while_starting_names_the_resource() -> None:
    @resource
    def broken():
        raise ValueError("boom")

    with pytest.raises(ResourceInitError, match="Error executing resource_fn on ResourceDefinition broken") as raised:
        with build_resources({"broken": broken}):
            pass
    assert isinstance(raised.value.user_exception, ValueError)


def test_ready_made_resources() -> None:
    definitions = {
        "none": ResourceDefinition.none_resource(),
        "text": ResourceDefinition.string_resource(),
        "mock": ResourceDefinition.mock_resource(),
        "values": dg.make_values_resource(a=int, b=Field(str, default_value="x")),
        "plain": [1],
    }
    config = {"text": {"config": "hello"}, "values": {"config": {"a": 1}}}
    with build_resources(definitions, resource_config=config) as resources:
        assert (resources.none, resources.text, resources.plain) == (None, "hello", [1])
        assert resources.values == {"a": 1, "b": "x"}
        assert resources.mock.anything() is not None


def test_io_managers_are_made_by_functions_or_given_as_they_are() -> None:
    class Memory(IOManager):
        def handle_output(self, context, obj): ...

        def load_input(self, context):
            return 1

    @dg.io_manager(config_schema={"base": str}, output_config_schema={"mode": str})
    def files(context):
        return Memory()

    @dg.io_manager
    def simple():
        return Memory()

    assert files.output_config_field is not None
    assert isinstance(files.configured({"base": "x"}), dg.IOManagerDefinition)
    assert isinstance(as_resource_definition(Memory()), dg.IOManagerDefinition)
    with build_resources({"a": simple, "b": files.configured({"base": "x"})}) as resources:
        assert isinstance(resources.a, Memory) and isinstance(resources.b, Memory)


def test_an_input_manager_is_a_function_of_the_input() -> None:
    @dg.input_manager(config_schema={"x": int})
    def loader(context):
        return ("loaded", context)

    with build_resources({"l": loader.configured({"x": 1})}) as resources:
        assert resources.l.load_input("context") == ("loaded", "context")


def test_a_class_in_place_of_an_instance_is_refused() -> None:
    class Client(dg.ConfigurableResource):
        url: str

    with pytest.raises(InvalidDefinitionError, match=r"it is the class; give an instance: Client\(\.\.\.\)"):
        as_resource_definition(Client)
    with pytest.raises(InvalidDefinitionError, match="must be a Python identifier, not 'a-b'"):
        as_resource_definitions({"a-b": 1})


def test_a_function_with_more_parameters_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="Got required extra params b: it takes a context, or nothing"):

        @resource
        def wrong(a, b): ...


def test_a_resource_that_is_not_there_is_answered_with_those_that_are() -> None:
    context = build_init_resource_context(resources={"db": 1})
    assert context.resources.db == context.resources["db"] == 1
    assert "db" in context.resources and "api" not in context.resources
    with pytest.raises(UnknownResourceError, match="There is no resource 'api' here; there are: db"):
        _ = context.resources.api
