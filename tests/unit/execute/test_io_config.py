"""What run config gives I/O managers, what they yield, and managers of single inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import headrace as dg


class Suffix(dg.Config):
    suffix: str


class Prefixed(dg.ConfigurableIOManager):
    """Stores with a suffix that the output's config gives, and loads with a prefix that the input's config gives."""

    @classmethod
    def output_config_schema(cls) -> type[dg.Config]:
        return Suffix

    @classmethod
    def input_config_schema(cls) -> dict[str, Any]:
        return {"prefix": dg.StringSource}

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        STORED[context.step_key] = f"{obj}{context.config['suffix']}"

    def load_input(self, context: dg.InputContext) -> Any:
        assert context.upstream_output is not None
        return f"{context.config['prefix']}{STORED[context.upstream_output.step_key]}"


STORED: dict[str, str] = {}


@dg.op
def first() -> str:
    return "a"


@dg.op(ins={"value": dg.In(input_manager_key="io_manager")})
def second(value: str) -> str:
    return value


@dg.graph
def inside() -> str:
    return second(first())


@dg.job(resource_defs={"io_manager": Prefixed()})
def chained() -> None:
    inside()


def test_outputs_and_inputs_have_config_of_their_own_also_inside_of_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFIX", "<")
    ops = {
        "first": {"outputs": {"result": {"suffix": ">"}}},
        "second": {"inputs": {"value": {"prefix": {"env": "PREFIX"}}}, "outputs": {"result": {"suffix": "!"}}},
    }
    assert chained.execute_in_process({"ops": {"inside": {"ops": ops}}}).output_for_node("inside.second") == "<a>"
    ops["second"]["inputs"]["value"] = {"prefix": 5}
    with pytest.raises(dg.InvalidConfigError, match="inside:ops:second:inputs:value:prefix"):
        chained.execute_in_process({"ops": {"inside": {"ops": ops}}})


def test_an_input_manager_loads_what_nothing_is_connected_to() -> None:
    @dg.input_manager(input_config_schema={"table": str}, required_resource_keys={"db"})
    def table(context: dg.InputContext) -> str:
        return f"{context.config['table']} of {context.resources.db} for {context.definition_metadata['x']}"

    @dg.op(ins={"rows": dg.In(input_manager_key="table", metadata={"x": "y"})})
    def reading(rows: str) -> str:
        return rows

    @dg.job(resource_defs={"table": table, "db": dg.ResourceDefinition.hardcoded_resource("db1")})
    def job() -> None:
        reading()

    config = {"ops": {"reading": {"inputs": {"rows": {"table": "t"}}}}}
    assert job.execute_in_process(config).output_for_node("reading") == "t of db1 for y"
    with pytest.raises(dg.InvalidConfigError):
        job.execute_in_process()


def test_a_function_may_return_an_input_manager() -> None:
    class Five(dg.InputManager):
        def load_input(self, context: dg.InputContext) -> int:
            return 5

    @dg.input_manager
    def five(context: dg.InputContext) -> dg.InputManager:
        return Five()

    @dg.op(ins={"value": dg.In(input_manager_key="five")})
    def taking(value: int) -> int:
        return value

    @dg.job(resource_defs={"five": five})
    def job() -> None:
        taking(first())

    assert job.execute_in_process().output_for_node("taking") == 5


def test_a_resource_that_is_no_manager_is_refused_where_the_job_is_defined() -> None:
    @dg.op(out=dg.Out(io_manager_key="wrong"))
    def storing() -> int:
        return 1

    with pytest.raises(dg.InvalidDefinitionError, match="io manager with key 'wrong' .* but received"):

        @dg.job(resource_defs={"wrong": dg.ResourceDefinition.string_resource()})
        def job() -> None:
            storing()


def test_metadata_and_events_that_a_manager_yields_belong_to_the_output() -> None:
    class Telling(dg.InMemoryIOManager):
        own: dict[str, Any] | None = None

        def handle_output(self, context: dg.OutputContext, obj: Any) -> Iterator[Any]:  # type: ignore[override]
            context.add_output_metadata({"rows": 3})
            yield {"bytes": 9}
            yield dg.AssetMaterialization("copy", metadata=self.own)

    @dg.asset
    def made() -> int:
        return 1

    result = dg.materialize([made], resources={"io_manager": Telling()})
    found = {each.asset_key.to_user_string(): each for each in result.asset_materializations_for_node("made")}
    assert {name: value.value for name, value in found["copy"].metadata.items()} == {"rows": 3, "bytes": 9}
    assert found["made"].metadata.keys() >= {"rows", "bytes"}
    manager = Telling()
    manager.own = {"rows": 4}
    with pytest.raises(dg.InvariantViolationError, match="specify metadata in one place"):
        dg.materialize([made], resources={"io_manager": manager})


def test_contexts_tell_the_instance_and_the_asset() -> None:
    seen: dict[str, Any] = {}

    class Looking(dg.InMemoryIOManager):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            seen[context.asset_key.to_user_string()] = context.asset_spec.group_name
            super().handle_output(context, obj)

        def load_input(self, context: dg.InputContext) -> Any:
            seen["instance"] = context.instance
            return super().load_input(context)

    @dg.asset(group_name="numbers")
    def one() -> int:
        return 1

    @dg.asset
    def two(one: int) -> int:
        return one + 1

    instance = dg.Instance.ephemeral()
    dg.materialize([one, two], resources={"io_manager": Looking()}, instance=instance)
    assert (seen["one"], seen["instance"]) == ("numbers", instance)


def test_paths_may_come_from_the_definitions(tmp_path: Any) -> None:
    manager = dg.custom_path_fs_io_manager.configured({"base_dir": str(tmp_path)})

    @dg.op(out=dg.Out(metadata={"path": "numbers/latest"}))
    def number() -> int:
        return 5

    @dg.op(out=dg.Out(metadata={"path": "numbers/next"}))
    def next_one(value: int) -> int:
        return value + 1

    @dg.job(resource_defs={"io_manager": manager})
    def job() -> None:
        next_one(number())

    assert job.execute_in_process().output_for_node("next_one") == 6
    assert (tmp_path / "numbers" / "latest").exists()

    @dg.job(resource_defs={"io_manager": manager})
    def without() -> None:
        first()

    with pytest.raises(dg.InvariantViolationError, match=r"names no path.*Out\(metadata="):
        without.execute_in_process()


def test_contexts_of_tests_start_resources_and_tear_them_down() -> None:
    log: list[str] = []

    @dg.resource
    def opened() -> Iterator[str]:
        log.append("open")
        yield "it"
        log.append("close")

    for build in (dg.build_input_context, dg.build_output_context):
        with build(resources={"r": opened}) as context:
            assert (context.resources.r, log) == ("it", ["open"])
        assert log == ["open", "close"]
        log.clear()
        with pytest.raises(dg.InvariantViolationError, match=f"`with {build.__name__}"):
            _ = build(resources={"r": opened}).resources
        log.clear()
