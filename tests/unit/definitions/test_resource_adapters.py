"""Resources that stand for others: adapters, factories, attached objects, classes configured by functions."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

import headrace as dg


class Tone(Enum):
    LOW = "low"
    HIGH = "high"


class Client(dg.ConfigurableResource):
    url: str


def started(resource: Any, **config: Any) -> Any:
    sections = {"it": {"config": config}} if config else None
    with dg.build_resources({"it": resource}, resource_config=sections) as resources:
        return resources.it


def test_a_function_resource_may_be_wrapped_in_a_model() -> None:
    torn_down: list[str] = []

    @dg.resource(config_schema={"url": str, "retries": dg.Field(int, default_value=3)})
    def old(context: dg.InitResourceContext) -> Iterator[tuple[str, int]]:
        yield context.resource_config["url"], context.resource_config["retries"]
        torn_down.append(context.resource_config["url"])

    class New(dg.ConfigurableLegacyResourceAdapter):
        url: str

        @property
        def wrapped_resource(self) -> dg.ResourceDefinition:
            return old

    assert started(New(url="u")) == ("u", 3)
    assert started(New.configure_at_launch(), url="v") == ("v", 3)
    assert torn_down == ["u", "v"]


def test_a_function_io_manager_may_be_wrapped_in_a_model() -> None:
    class Kept(dg.InMemoryIOManager):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    @dg.io_manager(config_schema={"name": str})
    def old(context: dg.InitResourceContext) -> Kept:
        return Kept(context.resource_config["name"])

    class New(dg.ConfigurableLegacyIOManagerAdapter):
        name: str

        @property
        def wrapped_io_manager(self) -> dg.IOManagerDefinition:
            return old

    assert isinstance(New(name="x").get_resource_definition(), dg.IOManagerDefinition)
    assert started(New(name="x")).name == "x"


def test_a_factory_may_yield() -> None:
    log: list[str] = []

    class Session(dg.ConfigurableResourceFactory[str]):
        name: str

        def create_resource(self, context: dg.InitResourceContext) -> Iterator[str]:  # type: ignore[override]
            log.append("open")
            yield f"session {self.name}"
            log.append("close")

    with dg.build_resources({"s": Session(name="a")}) as resources:
        assert (resources.s, log) == ("session a", ["open"])
    assert log == ["open", "close"]


def test_what_the_context_shows_may_be_another_object() -> None:
    class Wrapped(Client, dg.IAttachDifferentObjectToOpContext):
        def get_object_to_set_on_execution_context(self) -> str:
            return f"raw client of {self.url}"

    @dg.op(required_resource_keys={"client"})
    def old(context: dg.OpExecutionContext) -> str:
        return context.resources.client

    @dg.op
    def new(client: Wrapped) -> str:
        return client.url

    @dg.job(resource_defs={"client": Wrapped(url="u")})
    def both() -> None:
        old()
        new()

    result = both.execute_in_process()
    assert (result.output_for_node("old"), result.output_for_node("new")) == ("raw client of u", "u")


def test_a_class_may_be_configured_by_a_function() -> None:
    class Host(dg.Config):
        host: str

    @dg.configured(Client)
    def by_host(config: Host) -> dict[str, Any]:
        return {"url": f"https://{config.host}"}

    @dg.configured(Client, config_schema={"port": int})
    def by_port(config: dict[str, Any]) -> Client:
        return Client(url=f"http://localhost:{config['port']}")

    assert started(by_host, host="h").url == "https://h"
    assert started(by_port, port=80).url == "http://localhost:80"
    with pytest.raises(dg.InvalidInvocationError, match="Cannot provide config_schema"):
        dg.configured(Client, config_schema={"host": str})(by_host_again)
    with pytest.raises(dg.InvalidInvocationError, match="exactly one parameter"):
        dg.configured(Client)(with_two)


class Again(dg.Config):
    host: str


def by_host_again(config: Again) -> dict[str, Any]:
    return {"url": config.host}


def with_two(config: Again, other: int) -> dict[str, Any]:
    return {"url": config.host}


def test_enums_may_be_given_by_name_and_defaults_are_not_validated_again() -> None:
    from pydantic import field_validator

    class Voice(dg.ConfigurableResource):
        tone: Tone = Tone.LOW
        name: str | None = None

        @field_validator("name")
        @classmethod
        def never_given(cls, value: str | None) -> str | None:
            raise ValueError("was given")

    assert started(Voice(tone="HIGH")).tone is Tone.HIGH  # type: ignore[arg-type]
    assert started(Voice.configure_at_launch(), tone="HIGH").tone is Tone.HIGH
    assert started(Voice()).name is None


def test_variables_inside_of_collections_are_read_when_the_resource_starts_and_never_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Keys(dg.ConfigurableResource):
        keys: list[str]
        by_name: dict[str, str]
        password: str

    given = Keys(keys=[dg.EnvVar("ONE"), "plain"], by_name={"two": dg.EnvVar("TWO")}, password=dg.EnvVar("PASSWORD"))
    for name in ("ONE", "TWO", "PASSWORD"):
        monkeypatch.setenv(name, f"secret of {name}")
    found = started(given)
    assert (found.keys, found.by_name) == (["secret of ONE", "plain"], {"two": "secret of TWO"})
    assert "secret" not in repr(found) + str(found)
    assert "password=EnvVar('PASSWORD')" in repr(found)
    monkeypatch.delenv("TWO")
    with pytest.raises(dg.InvalidConfigError, match='environment variable "TWO" which is not set'):
        started(given)


def test_what_is_torn_down_needs_a_with_statement() -> None:
    class Opened(dg.ConfigurableResource):
        def teardown_after_execution(self, context: dg.InitResourceContext) -> None: ...

    with pytest.raises(dg.InvariantViolationError, match="use process_config_and_initialize_cm"):
        Opened().process_config_and_initialize()
    with pytest.raises(dg.InvariantViolationError, match="use from_resource_context_cm"):
        Opened.from_resource_context(dg.build_init_resource_context())
    for context in (
        dg.build_op_context(resources={"it": Opened()}),
        dg.build_init_resource_context(resources={"it": Opened()}),
    ):
        with pytest.raises(dg.InvariantViolationError, match="outside of context manager scope"):
            _ = context.resources
        with context:
            assert isinstance(context.resources.it, Opened)


def test_a_model_has_a_context_of_its_own_in_tests() -> None:
    class Asking(dg.ConfigurableResource):
        def run(self) -> str | None:
            return self.get_resource_context().run_id

    assert Asking().with_replaced_resource_context(dg.build_init_resource_context()).run() is None


def test_resources_are_passed_to_functions_by_position_too() -> None:
    @dg.op
    def first(client: Client, a: int, b: int) -> str:
        return f"{client.url} {a} {b}"

    @dg.asset
    def last(context: dg.AssetExecutionContext, a: int, client: Client) -> str:
        return f"{context.resources.client.url} {a}"

    assert first(Client(url="u"), 1, b=2) == "u 1 2"
    assert last(dg.build_asset_context(), 1, Client(url="u")) == "u 1"
    assert last(dg.build_asset_context(resources={"client": Client(url="c")}), 1) == "c 1"
    with pytest.raises(dg.InvalidInvocationError, match="in both context and kwargs"):
        last(dg.build_asset_context(resources={"client": Client(url="c")}), 1, client=Client(url="u"))
