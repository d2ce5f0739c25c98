"""Assets that several ops make, that others make, and what is recorded about versions of data."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg


@dg.op
def one() -> int:
    return 1


@dg.op
def add_one(number: int) -> int:
    return number + 1


def tags_of(result: dg.ExecuteInProcessResult, name: str) -> dict[str, str]:
    made = {event.detail.asset_key.to_user_string(): event.detail.tags for event in materializations(result)}
    return dict(made[name])


def materializations(result: dg.ExecuteInProcessResult) -> Any:
    return result.get_asset_materialization_events()


def test_a_graph_makes_an_asset() -> None:
    @dg.graph_asset(group_name="g", kinds={"python"}, metadata={"a": 1})
    def two() -> int:
        """Two."""
        return add_one(one())

    @dg.asset
    def three(two: int) -> int:
        return two + 1

    result = dg.materialize_to_memory([two, three])
    assert result.asset_value("three") == 3 and result.asset_value("two") == 2
    assert result.started_steps() == ["two.one", "two.add_one", "three"]
    spec = two.get_asset_spec()
    assert (spec.group_name, spec.kinds, spec.description, spec.metadata["a"]) == ("g", {"python"}, "Two.", 1)


def test_a_graph_asset_loads_what_it_reads() -> None:
    @dg.asset
    def source() -> int:
        return 5

    @dg.graph_asset(ins={"number": dg.AssetIn("source")}, key=["a", "more"])
    def more(number):
        return add_one(add_one(number))

    manager = dg.InMemoryIOManager()
    assert dg.materialize([source, more], resources={"io_manager": manager}).asset_value(["a", "more"]) == 7
    alone = dg.materialize([source, more], resources={"io_manager": manager}, selection=[more])
    assert alone.started_steps() == ["a__more.add_one", "a__more.add_one_2"]
    assert alone.asset_value(["a", "more"]) == 7


def test_a_graph_asset_has_config_for_its_ops() -> None:
    @dg.op(config_schema={"n": int})
    def number(context) -> int:
        return context.op_config["n"]

    @dg.graph_asset(config={"number": {"config": {"n": 4}}})
    def fixed():
        return number()

    @dg.config_mapping(config_schema={"half": int})
    def doubled(config):
        return {"number": {"config": {"n": config["half"] * 2}}}

    @dg.graph_asset(config=doubled)
    def mapped():
        return number()

    @dg.graph_asset
    def open_one():
        return number()

    assert dg.materialize_to_memory([fixed]).asset_value("fixed") == 4
    config = {"ops": {"mapped": {"config": {"half": 3}}}}
    assert dg.materialize_to_memory([mapped], run_config=config).asset_value("mapped") == 6
    inner = {"ops": {"open_one": {"ops": {"number": {"config": {"n": 5}}}}}}
    assert dg.materialize_to_memory([open_one], run_config=inner).asset_value("open_one") == 5


def test_a_graph_gives_the_verdict_of_a_check() -> None:
    @dg.op(out=dg.Out(dg.Nothing))
    def judge(number: int) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=number == 1)

    @dg.graph_asset(check_specs=[dg.AssetCheckSpec("is_one", asset="first")])
    def first():
        number = one()
        return {"result": number, "first_is_one": judge(number)}

    [verdict] = dg.materialize_to_memory([first]).get_asset_check_evaluations()
    assert verdict.passed and verdict.asset_key == dg.AssetKey("first")


def test_a_graph_makes_several_assets() -> None:
    @dg.graph_multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut(key_prefix="p", tags={"t": "1"})}, group_name="g")
    def both():
        first = one()
        return {"x": first, "y": add_one(first)}

    result = dg.materialize_to_memory([both])
    assert (result.asset_value("x"), result.asset_value(["p", "y"])) == (1, 2)
    assert both.tags_by_key[dg.AssetKey(["p", "y"])] == {"t": "1"}
    assert set(both.group_names_by_key.values()) == {"g"}


def test_ops_and_graphs_that_are_there_become_assets() -> None:
    @dg.graph(out={"out": dg.GraphOut()})
    def plus(number):
        return add_one(number)

    ones = dg.AssetsDefinition.from_op(one, key_prefix=["numbers"])
    twos = dg.AssetsDefinition.from_graph(
        plus,
        keys_by_input_name={"number": dg.AssetKey(["numbers", "one"])},
        keys_by_output_name={"out": dg.AssetKey("two")},
        group_name="g",
    )
    assert dg.materialize_to_memory([ones, twos]).asset_value("two") == 2
    with pytest.raises(dg.InvalidDefinitionError, match="there is no output_name no; it has: result"):
        dg.AssetsDefinition.from_op(one, keys_by_output_name={"no": dg.AssetKey("a")})


def test_a_source_asset_is_loaded_by_its_io_manager() -> None:
    class Always(dg.IOManager):
        def handle_output(self, context, obj): ...

        def load_input(self, context):
            return 41

    source = dg.SourceAsset("source", io_manager_def=dg.IOManagerDefinition.hardcoded_io_manager(Always()))

    @dg.asset
    def answer(source: int) -> int:
        return source + 1

    assert source.is_external and source.key == dg.AssetKey("source")
    assert dg.materialize([source, answer]).asset_value("answer") == 42


def test_an_observable_asset_tells_its_version() -> None:
    @dg.observable_source_asset(group_name="outside")
    def remote() -> dg.DataVersion:
        return dg.DataVersion("v7")

    @dg.asset(deps=[remote], code_version="3")
    def local() -> None: ...

    defs = dg.Definitions(assets=[remote, local], jobs=[dg.define_asset_job("look", selection=[remote])])
    result = defs.resolve_job("look").execute_in_process()
    [seen] = result.asset_observations_for_node("remote")
    assert seen.tags["headrace/data_version"] == "v7" and materializations(result) == []
    assert dg.AssetSelection.all().resolve(defs.resolve_asset_graph()) == {dg.AssetKey("local")}


def test_several_assets_are_looked_at_together() -> None:
    @dg.multi_observable_source_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b")], can_subset=True)
    def both(context: dg.AssetExecutionContext):
        for key in sorted(context.selected_asset_keys):
            yield dg.ObserveResult(asset_key=key, metadata={"name": key.to_user_string()})

    seen = dg.materialize([both], selection=["b"]).asset_observations_for_node("both")
    assert [each.metadata["name"].value for each in seen] == ["b"]


def test_materializations_say_of_what_they_were_made() -> None:
    @dg.asset(code_version="1")
    def upstream() -> dg.MaterializeResult:
        return dg.MaterializeResult(data_version=dg.DataVersion("mine"))

    @dg.asset(deps=[upstream], code_version="2")
    def downstream() -> None: ...

    first, again = (tags_of(dg.materialize_to_memory([upstream, downstream]), "downstream") for _ in range(2))
    assert first == again
    assert first["headrace/code_version"] == "2" and first["headrace/input_data_version/upstream"] == "mine"
    provenance = dg.DataProvenance.from_tags(first)
    assert provenance is not None and provenance.input_data_versions == {
        dg.AssetKey("upstream"): dg.DataVersion("mine")
    }


def test_versions_of_partitions_are_those_of_the_partitions_that_were_read() -> None:
    letters = dg.StaticPartitionsDefinition(["x", "y"])

    @dg.asset(partitions_def=letters)
    def upstream(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        return dg.MaterializeResult(data_version=dg.DataVersion(f"of {context.partition_key}"))

    @dg.asset(partitions_def=letters, deps=[upstream], code_version="1")
    def same() -> None: ...

    @dg.asset(deps=[upstream], code_version="1")
    def every() -> None: ...

    instance = dg.Instance.ephemeral()

    def made(key: str, partition: str | None = None) -> dict[str, str]:
        assets = [upstream, same, every]
        result = dg.materialize(assets, selection=[key], partition_key=partition, instance=instance)
        return tags_of(result, key)

    def read(tags: dict[str, str]) -> str | None:
        return tags.get("headrace/input_data_version/upstream")

    assert read(made("same", "x")) is None
    made("upstream", "x")
    assert read(made("same", "x")) == "of x"
    assert read(made("same", "y")) is read(made("every")) is None
    made("upstream", "y")
    together = made("every")
    assert read(together) not in {None, "of x", "of y"}
    assert made("every") == together


def test_resources_are_given_to_assets() -> None:
    @dg.resource(config_schema={"n": int})
    def number(context):
        return context.resource_config["n"]

    @dg.asset(required_resource_keys={"number"})
    def numbered(context) -> int:
        return context.resources.number

    bound = dg.with_resources([numbered], {"number": number}, {"number": {"config": {"n": 4}}})
    assert dg.materialize_to_memory(bound).asset_value("numbered") == 4


def test_attributes_are_replaced() -> None:
    @dg.asset(deps=["before"])
    def after() -> None: ...

    moved = after.with_attributes(
        asset_key_replacements={dg.AssetKey("after"): dg.AssetKey("z"), dg.AssetKey("before"): dg.AssetKey("y")},
        group_names_by_key={dg.AssetKey("after"): "g"},
    )
    assert moved.key == dg.AssetKey("z") and moved.asset_deps[dg.AssetKey("z")] == {dg.AssetKey("y")}
    assert moved.get_asset_spec().group_name == "g"
