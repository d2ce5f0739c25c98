"""Inputs that nothing is connected to: loaded from run config by their types, at the op, the graph, or the job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import headrace as dg
from headrace.errors import InvalidConfigError, InvalidDefinitionError, TypeCheckError


class Money:
    def __init__(self, cents: int) -> None:
        self.cents = cents


@dg.type_loader(config_schema={"cents": int}, required_resource_keys={"rate"})
def load_money(context: dg.TypeLoaderContext, config: dict[str, int]) -> Money:
    return Money(config["cents"] * context.resources.rate)


def only_positive(context: dg.TypeCheckContext, value: Any) -> dg.TypeCheck:
    context.log.debug("looking at %s", value)
    return dg.TypeCheck(value > context.resources.least, "too little", {"least": context.resources.least})


Positive = dg.HeadraceType(only_positive, name="Positive", required_resource_keys={"least"})


def given(annotation: Any, config: Any) -> Any:
    @dg.op(ins={"value": dg.In(annotation)})
    def take(value):  # type: ignore[no-untyped-def]
        return value

    @dg.job
    def loading() -> None:
        take()

    return loading.execute_in_process({"ops": {"take": {"inputs": {"value": config}}}}).output_for_node("take")


@pytest.mark.parametrize(
    ("annotation", "config", "value"),
    [
        (int, 5, 5),
        (dg.String, {"value": "a"}, "a"),
        (dg.List[dg.Int], [1, {"value": 2}], [1, 2]),
        (dg.Optional[dg.Bool], None, None),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (dg.Dict, {"a": [1]}, {"a": [1]}),
        (dg.Set[int], [1, 1], {1}),
        (dg.Tuple[int, str], [1, "a"], (1, "a")),
        (Any, {"value": {"any": 1}}, {"any": 1}),
    ],
)
def test_config_says_the_value_in_the_form_of_its_type(annotation: Any, config: Any, value: Any) -> None:
    assert given(annotation, config) == value


def test_config_may_say_where_the_value_is(tmp_path: Path) -> None:
    file = tmp_path / "n.json"
    file.write_text(json.dumps({"value": 7}))
    assert given(int, {"json": {"path": str(file)}}) == 7
    with pytest.raises(FileNotFoundError):
        given(int, {"json": {"path": str(tmp_path / "nothing")}})
    with pytest.raises(InvalidConfigError, match="root:ops:take:inputs:value"):
        given(int, {"yaml": {"path": str(file)}})


def test_inputs_of_graphs_and_jobs_are_given_where_they_are_open() -> None:
    @dg.op
    def double(n: int) -> int:
        return n * 2

    @dg.graph
    def inner(n: int) -> int:
        return double(n)  # type: ignore[no-any-return]

    @dg.job
    def outer(top: int) -> None:
        inner.alias("a")(top)
        inner.alias("b")()

    config = {"inputs": {"top": 1}, "ops": {"b": {"inputs": {"n": 2}}}}
    result = outer.execute_in_process(config)
    assert (result.output_for_node("a.double"), result.output_for_node("b")) == (2, 4)
    assert outer.execute_in_process({"ops": config["ops"]}, input_values={"top": 5}).output_for_node("a") == 10
    with pytest.raises(InvalidConfigError, match='Missing required config entry "inputs" at the root'):
        outer.execute_in_process({"ops": config["ops"]})
    with pytest.raises(InvalidDefinitionError, match="no top-level input with that name"):
        outer.execute_in_process(config, input_values={"bottom": 5})


def test_loaders_and_checks_of_ones_own_read_resources() -> None:
    dg.register_python_type(Money, dg.PythonObjectType(Money, name="Money", loader=load_money))

    @dg.op(out=dg.Out(Positive))
    def cents(money: Money) -> int:
        return money.cents

    @dg.job(
        resource_defs={
            "rate": dg.ResourceDefinition.hardcoded_resource(3),
            "least": dg.ResourceDefinition.hardcoded_resource(0),
        }
    )
    def priced() -> None:
        cents()

    def run(amount: int) -> Any:
        return priced.execute_in_process({"ops": {"cents": {"inputs": {"money": {"cents": amount}}}}})

    assert run(2).output_for_node("cents") == 6
    with pytest.raises(
        TypeCheckError, match='step output "result" - expected type "Positive". Description: too little'
    ):
        run(-1)
    with pytest.raises(InvalidDefinitionError, match="takes a context and the config"):
        dg.type_loader(int)(lambda _config: 1)  # type: ignore[misc, arg-type]


def test_classes_get_a_name_as_types() -> None:
    @dg.usable_as_type(name="Point", description="A place.")
    class Place: ...

    assert dg.check_type(Place, Place()).success
    assert "type Point" in str(dg.check_type(Place, 5).description)
    assert not dg.check_type(dg.List[dg.Optional[int]], ["a"]).success
    with pytest.raises(InvalidDefinitionError, match="stands for the type 'Point' already"):
        dg.usable_as_type(name="Other")(Place)
    with pytest.raises(InvalidDefinitionError, match="Nothing can not be wrapped"):
        dg.Optional[dg.Nothing]
