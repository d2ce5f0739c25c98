"""Config as pydantic models."""

from __future__ import annotations

import enum
from typing import Literal

import pytest
from pydantic import Field as ModelField
from pydantic import ValidationError

import headrace as dg
from headrace import Config, EnvVar, PermissiveConfig, RunConfig
from headrace.config.binding import OwnConfig, resolve_config
from headrace.errors import InvalidConfigError, InvalidInvocationError


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


class Cat(Config):
    kind: Literal["cat"] = "cat"
    meows: int


class Dog(Config):
    kind: Literal["dog"] = "dog"
    barks: float = 1.5


class Inner(Config):
    x: int = 4


class Settings(Config):
    number: int
    text: str = "t"
    numbers: list[int] = [1, 2]  # noqa: RUF012
    maybe: str | None = None
    color: Color = Color.RED
    mode: Literal["fast", "slow"] = "fast"
    inner: Inner = Inner()
    inners: list[Inner] = []  # noqa: RUF012
    pet: Cat | Dog = ModelField(default=Dog(), discriminator="kind")
    by_name: dict[str, int] = ModelField(default_factory=dict)
    big: int = ModelField(5, ge=3, alias="Big", description="At least three.")


def settings(**config) -> Settings:
    final = resolve_config(OwnConfig(Settings), config, "invalid:", ("config",))
    return Settings.from_config(final, ("config",))


def test_defaults_are_those_of_the_model() -> None:
    assert settings(number=1) == Settings(number=1, **{"Big": 5})
    assert settings(number=1).pet == Dog()


def test_every_kind_of_field_is_read() -> None:
    read = settings(
        number=2,
        text="x",
        numbers=[3],
        maybe="m",
        color="BLUE",
        mode="slow",
        inner={"x": 5},
        inners=[{"x": 6}, {}],
        pet={"cat": {"meows": 7}},
        by_name={"a": 8},
        Big=9,
    )
    assert (read.number, read.text, read.numbers, read.maybe, read.color) == (2, "x", [3], "m", Color.BLUE)
    assert (read.mode, read.inner, read.inners, read.pet) == ("slow", Inner(x=5), [Inner(x=6), Inner()], Cat(meows=7))
    assert (read.by_name, read.big) == ({"a": 8}, 9)


def test_what_is_wrong_is_told_with_its_place() -> None:
    with pytest.raises(InvalidConfigError) as raised:
        settings(number="x", color="GREEN", mode="medium", inner={"x": "y"}, pet={"cow": {}}, nothing=1)
    assert [issue.where for issue in raised.value.issues] == [
        "root:config:nothing",
        "root:config:number",
        "root:config:color",
        "root:config:mode",
        "root:config:inner:x",
        "root:config:pet:cow",
    ]


def test_what_only_the_model_knows_is_told_with_its_place_too() -> None:
    with pytest.raises(InvalidConfigError, match=r"Input should be greater than or equal to 3 at path root:config:Big"):
        settings(number=1, Big=1)


def test_an_object_says_what_run_config_would() -> None:
    given = Settings(number=1, text=EnvVar("X"), color=Color.BLUE, pet=Cat(meows=2), inner=Inner(x=3))
    config = RunConfig(ops={"work": given}).to_config_dict()["ops"]["work"]["config"]
    assert (config["number"], config["text"], config["color"]) == (1, {"env": "X"}, "BLUE")
    assert (config["pet"], config["inner"]["x"]) == ({"cat": {"meows": 2}}, 3)
    assert None not in config.values()

    nested = RunConfig(ops={"graph": {"ops": {"work": Inner(x=3)}}}).to_config_dict()
    assert nested["ops"]["graph"]["ops"]["work"]["config"]["x"] == 3


def test_fields_are_checked_and_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings(number="x")
    with pytest.raises(InvalidInvocationError, match="does not support item assignment"):
        Settings(number=1).number = 2


def test_a_permissive_model_takes_anything_else() -> None:
    class Open(PermissiveConfig):
        a: int

    final = resolve_config(OwnConfig(Open), {"a": 1, "b": [2]}, "invalid:")
    assert Open.from_config(final).b == [2]  # type: ignore[attr-defined]
    assert Open(a=1, c="d").to_config_value() == {"a": 1, "c": "d"}


def test_variables_are_read_where_the_code_runs(monkeypatch) -> None:
    class Secret(Config):
        key: str = EnvVar("KEY")
        limit: int

    @dg.op
    def work(config: Secret) -> str:
        return f"{config.key} {config.limit}"

    @dg.job
    def working():
        work()

    run_config = RunConfig(ops={"work": Secret(limit=EnvVar.int("LIMIT"))})
    assert working.check_run_config(run_config)["ops"]["work"]["config"] == {
        "key": {"env": "KEY"},
        "limit": {"env": "LIMIT"},
    }
    monkeypatch.setenv("KEY", "k")
    monkeypatch.setenv("LIMIT", "3")
    assert working.execute_in_process(run_config).output_for_node("work") == "k 3"


def test_config_need_not_be_a_model() -> None:
    @dg.op
    def work(config: int) -> int:
        return config

    @dg.op
    def other(config: dict):
        return config["a"]

    @dg.job
    def working():
        work()
        other()

    run_config = {"ops": {"work": {"config": 3}, "other": {"config": {"a": 4}}}}
    result = working.execute_in_process(run_config)
    assert (result.output_for_node("work"), result.output_for_node("other")) == (3, 4)
    with pytest.raises(InvalidConfigError, match="Missing required config entry .*'work': {'config': 0}"):
        working.check_run_config({})


def test_the_same_config_twice_is_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="both a config parameter and a config_schema"):

        @dg.op(config_schema={"a": int})
        def work(config: Inner): ...
