"""What no config can give is refused where it is written, with the class and the field."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Optional

import pytest
from pydantic import BaseModel

import headrace as dg


class Connection:
    """A class that pydantic knows nothing of."""


class Holding(dg.Config):
    connection: Connection


class HoldingMany(dg.Config):
    connections: dict[str, list[Optional[Connection]]]  # noqa: UP045


class Outer(dg.Config):
    inner: Holding


class Plain(BaseModel):
    size: int


class Expressible(dg.Config):
    since: datetime
    folder: Path
    plain: Plain
    either: int | str
    pair: tuple[int, str]
    whatever: Any
    items: list  # type: ignore[type-arg]


class Database(dg.ConfigurableResource[Any]):
    connection: Connection


@pytest.mark.parametrize("annotation", [Holding, HoldingMany, Outer])
def test_a_field_that_no_config_can_give_is_refused_when_the_op_is_defined(annotation: type) -> None:
    def compute(config: Any) -> None: ...

    compute.__annotations__["config"] = annotation
    field = "connections" if annotation is HoldingMany else "connection"
    owner = Holding if annotation is Outer else annotation
    with pytest.raises(dg.InvalidConfigDefinitionError) as error:
        dg.op(compute)
    assert f"{owner!r} on field '{field}'" in str(error.value)
    assert f"Unable to resolve config type {Connection!r}" in str(error.value)


def test_the_same_of_an_asset() -> None:
    with pytest.raises(dg.InvalidConfigDefinitionError, match="on field 'connection'"):

        @dg.asset
        def table(config: Holding) -> None: ...


def test_a_resource_with_such_a_field_is_refused_when_it_is_made() -> None:
    with pytest.raises(dg.InvalidConfigDefinitionError, match=r"ResourceDependency\[Connection\]"):
        Database(connection=Connection())


@pytest.mark.parametrize("annotation", [Connection, Plain, tuple[str, str], datetime])
def test_a_config_parameter_that_is_neither_a_config_class_nor_plain_is_refused(annotation: Any) -> None:
    def compute(config: Any) -> None: ...

    compute.__annotations__["config"] = annotation
    with pytest.raises(dg.InvalidConfigDefinitionError, match="of op 'compute'"):
        dg.op(compute)


def test_what_pydantic_makes_of_plain_values_is_config() -> None:
    seen = []

    @dg.op
    def read(config: Expressible) -> None:
        seen.append(config)

    given = {
        "since": "2026-01-02T03:04:05",
        "folder": "/data",
        "plain": {"size": 3},
        "either": "seven",
        "pair": [1, "one"],
        "whatever": {"a": [1]},
        "items": [1, "two"],
    }

    @dg.job
    def reading() -> None:
        read()

    reading.execute_in_process(run_config={"ops": {"read": {"config": given}}})
    assert seen[0].since == datetime(2026, 1, 2, 3, 4, 5)
    assert (seen[0].folder, seen[0].plain.size, seen[0].pair) == (Path("/data"), 3, (1, "one"))


def test_a_class_that_names_a_later_one_is_looked_at_once_that_is_there() -> None:
    class Parent(dg.Config):
        child: Child

    @dg.op
    def read(config: Parent) -> None: ...

    class Child(dg.Config):
        size: int

    Parent.model_rebuild()
    assert "child" in read.config_schema.config_type.fields  # type: ignore[attr-defined]


def test_a_field_of_a_schema_is_no_field_of_a_model() -> None:
    class Mistaken(dg.Config):
        name: str = dg.Field(str, description="a name")  # type: ignore[assignment]

    with pytest.raises(dg.InvalidDefinitionError, match=r"pydantic\.Field"):

        @dg.op
        def read(config: Mistaken) -> None: ...


def test_a_config_class_on_a_parameter_of_another_name_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="Parameter 'settings' on op/asset function 'read'"):

        @dg.op
        def read(settings: Expressible) -> None: ...
