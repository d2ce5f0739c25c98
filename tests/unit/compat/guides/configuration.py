"""Configuration: of assets, ops and resources; types; environment variables; errors."""

import os
from enum import Enum
from typing import Literal

import dagster as dg
from pydantic import Field, field_validator


class Person(dg.Config):
    person_name: str


@dg.op
def greet(config: Person) -> str:
    return f"hello {config.person_name}"


@dg.asset
def greeting(config: Person) -> str:
    return f"hello {config.person_name}"


@dg.job
def greeting_job():
    greet()


def run_asset(asset, config: dg.Config):
    name = asset.key.to_python_identifier()
    return dg.materialize([asset], run_config=dg.RunConfig({name: config})).output_for_node(name)


def test_at_execution():
    run_config = dg.RunConfig({"greet": Person(person_name="Alice")})
    assert greeting_job.execute_in_process(run_config=run_config).output_for_node("greet") == "hello Alice"
    assert run_asset(greeting, Person(person_name="Alice")) == "hello Alice"
    assert run_asset(greeting, Person(person_name="Bob")) == "hello Bob"
    yaml = {"ops": {"greeting": {"config": {"person_name": "Carol"}}}}
    assert dg.materialize([greeting], run_config=yaml).output_for_node("greeting") == "hello Carol"


def test_from_the_environment():
    os.environ["PERSON_NAME"] = "Env"
    assert run_asset(greeting, Person(person_name=dg.EnvVar("PERSON_NAME"))) == "hello Env"
    yaml = {"ops": {"greet": {"config": {"person_name": {"env": "PERSON_NAME"}}}}}
    assert greeting_job.execute_in_process(yaml).output_for_node("greet") == "hello Env"
    assert dg.EnvVar("PERSON_NAME").get_value() == "Env"
    assert dg.EnvVar.int("NOT_SET").get_value(default=3) == 3


def test_lists_and_dicts_and_nesting():
    class User(dg.Config):
        age: int
        email: str = "nobody@example.com"

    class Nested(dg.Config):
        users: dict[str, User]
        names: list[str]
        scores: dict[str, int] = {}

    @dg.asset
    def average_age(config: Nested) -> float:
        return sum(user.age for user in config.users.values()) / len(config.names)

    assert run_asset(average_age, Nested(users={"A": User(age=10), "B": User(age=20)}, names=["A", "B"])) == 15


def test_unions_are_told_apart():
    class Cat(dg.Config):
        pet_type: Literal["cat"] = "cat"
        meows: int

    class Dog(dg.Config):
        pet_type: Literal["dog"] = "dog"
        barks: float

    class WithUnion(dg.Config):
        pet: Cat | Dog = Field(discriminator="pet_type")

    @dg.asset
    def pet_stats(config: WithUnion) -> str:
        return f"meows {config.pet.meows}" if isinstance(config.pet, Cat) else f"barks {config.pet.barks}"

    assert run_asset(pet_stats, WithUnion(pet=Cat(meows=10))) == "meows 10"
    yaml = {"ops": {"pet_stats": {"config": {"pet": {"dog": {"barks": 1.5}}}}}}
    assert dg.materialize([pet_stats], run_config=yaml).output_for_node("pet_stats") == "barks 1.5"


def test_optional_values_and_defaults():
    class Optionals(dg.Config):
        person_name: str | None = None
        phrase: str = Field(default="hello", description="The phrase to use.")

    @dg.asset
    def maybe(config: Optionals) -> str:
        return f"{config.phrase} {config.person_name}"

    assert run_asset(maybe, Optionals()) == "hello None"
    assert dg.materialize([maybe]).output_for_node("maybe") == "hello None"


def test_permissive_config_takes_more():
    class Filter(dg.PermissiveConfig):
        title: str | None = None

    @dg.asset
    def listings(config: Filter) -> dict:
        return config.dict()

    assert listings(Filter(title="hotel", beds=4)) == {"title": "hotel", "beds": 4}
    assert run_asset(listings, Filter(title="hotel", beds=4))["beds"] == 4


def test_enums():
    class Permission(Enum):
        GUEST = "guest"
        ADMIN = "admin"

    class Users(dg.Config):
        users: dict[str, Permission]

    @dg.op
    def admins(config: Users) -> list:
        return [name for name, permission in config.users.items() if permission == Permission.ADMIN]

    @dg.job
    def users_job():
        admins()

    run_config = dg.RunConfig({"admins": Users(users={"Bob": Permission.GUEST, "Alice": Permission.ADMIN})})
    assert users_job.execute_in_process(run_config=run_config).output_for_node("admins") == ["Alice"]
    yaml = {"ops": {"admins": {"config": {"users": {"Eve": "ADMIN"}}}}}
    assert users_job.execute_in_process(yaml).output_for_node("admins") == ["Eve"]


def test_values_are_validated():
    class User(dg.Config):
        name: str
        age: int = Field(gt=0, lt=100, default=1)

        @field_validator("name")
        @classmethod
        def has_a_space(cls, value: str) -> str:
            if " " not in value:
                raise ValueError("must contain a space")
            return value.title()

    assert User(name="alice smith").name == "Alice Smith"
    for wrong in ({"name": "x"}, {"name": "a b", "age": 200}):
        try:
            User(**wrong)
        except ValueError:
            continue
        raise AssertionError(wrong)


def test_wrong_config_is_refused():
    for wrong in ({}, {"nonexistent": 1}, {"person_name": 1}):
        try:
            greeting_job.execute_in_process({"ops": {"greet": {"config": wrong}}})
        except dg.DagsterInvalidConfigError:
            continue
        raise AssertionError(wrong)
    assert dg.validate_run_config(greeting_job, {"ops": {"greet": {"config": {"person_name": "x"}}}})


def test_the_older_schema():
    schema = {
        "name": dg.Field(str, default_value="x", description="A name"),
        "count": dg.Field(dg.Noneable(int), is_required=False),
        "items": dg.Array(dg.Shape({"id": int})),
        "mode": dg.Selector({"fast": dg.Field(bool), "slow": {"speed": float}}),
        "anything": dg.Permissive({"a": dg.Field(int, is_required=False)}),
        "map": dg.Map(str, int),
        "kind": dg.Enum("Kind", [dg.EnumValue("A"), dg.EnumValue("B")]),
        "secret": dg.StringSource,
    }

    @dg.op(config_schema=schema)
    def old(context) -> dict:
        return context.op_config

    @dg.job
    def old_job():
        old()

    os.environ["A_SECRET"] = "s"
    config = {
        "items": [{"id": 1}],
        "mode": {"slow": {"speed": 1.5}},
        "anything": {"b": 2},
        "map": {"x": 1},
        "kind": "B",
        "secret": {"env": "A_SECRET"},
    }
    found = old_job.execute_in_process({"ops": {"old": {"config": config}}}).output_for_node("old")
    assert found["name"] == "x" and found["secret"] == "s" and found["mode"] == {"slow": {"speed": 1.5}}


def test_configured():
    @dg.op(config_schema={"iterations": int, "word": str})
    def repeat(context) -> str:
        return context.op_config["word"] * context.op_config["iterations"]

    thrice = dg.configured(repeat, name="thrice")({"iterations": 3, "word": "a"})

    @dg.configured(repeat, config_schema=int)
    def some_times(number):
        return {"iterations": number, "word": "b"}

    @dg.job
    def repeating():
        thrice()
        some_times()

    result = repeating.execute_in_process({"ops": {"some_times": {"config": 2}}})
    assert (result.output_for_node("thrice"), result.output_for_node("some_times")) == ("aaa", "bb")
