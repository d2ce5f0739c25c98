"""Assets are made, stored under their keys, loaded from there, and announced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import headrace as dg
from headrace.definitions.assets.decorator import asset
from headrace.definitions.assets.events import MaterializeResult
from headrace.definitions.assets.in_out import AssetOut
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.multi_asset_decorator import multi_asset
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.ops.outputs import Output
from headrace.errors import InvalidDefinitionError, InvariantViolationError, LoadInputError
from headrace.execute.events.event import AssetMaterialized, InputLoaded
from headrace.testing.materialize import materialize, materialize_to_memory


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path))
    return tmp_path / "storage"


@asset
def numbers() -> list[int]:
    return list(range(1, 11))


@asset(key_prefix="sums")
def total(numbers: list[int]) -> int:
    return sum(numbers)


@asset(deps=[total])
def report(context: Any) -> MaterializeResult[Any]:
    context.log.info("reporting")
    return MaterializeResult(metadata={"rows": 1}, tags={"kind": "report"})


def test_assets_are_made_in_order_and_announced(storage: Path) -> None:
    result = materialize([report, total, numbers])
    assert result.success
    assert result.started_steps() == ["numbers", "sums__total", "report"]
    assert result.asset_value("numbers") == list(range(1, 11))
    assert result.asset_value(["sums", "total"]) == 55
    made = [event.detail for event in result.all_events if isinstance(event.detail, AssetMaterialized)]
    assert [detail.asset_key.to_user_string() for detail in made] == ["numbers", "sums/total", "report"]
    assert made[0].metadata["path"].value == str(storage / "numbers")
    assert (storage / "sums" / "total").exists()
    assert not (storage / "report").exists(), "a MaterializeResult without a value stores nothing"
    assert (made[2].metadata["rows"].value, made[2].tags["kind"]) == (1, "report")


def test_what_is_not_selected_is_loaded_from_storage() -> None:
    materialize([numbers])
    result = materialize([numbers, total], selection=[total])
    assert result.started_steps() == ["sums__total"]
    assert result.asset_value(["sums", "total"]) == 55
    loaded = [event.detail for event in result.all_events if isinstance(event.detail, InputLoaded)]
    assert [(each.input_name, each.asset_key) for each in loaded] == [("numbers", AssetKey("numbers"))]


def test_loading_what_was_never_made_says_where_it_looked(storage: Path) -> None:
    with pytest.raises(Exception, match=f"Nothing is stored at {storage}/numbers"):
        materialize([numbers, total], selection=[total])
    result = materialize([numbers, total], selection=[total], raise_on_error=False)
    assert result.failure is not None
    assert result.failure.type == LoadInputError.__name__
    assert "input 'numbers' from asset 'numbers'" in result.failure.message


def test_in_memory_nothing_touches_the_disk(storage: Path) -> None:
    result = materialize_to_memory([numbers, total])
    assert result.asset_value(["sums", "total"]) == 55
    assert not storage.exists()
    with pytest.raises(InvariantViolationError, match="resource provided for io manager key 'io_manager'"):
        materialize_to_memory([numbers], resources={"io_manager": object()})


def test_one_function_may_make_several_assets() -> None:
    @multi_asset(outs={"first": AssetOut(), "second": AssetOut(key_prefix="p")})
    def both() -> tuple[int, str]:
        return 1, "two"

    result = materialize_to_memory([both])
    assert (result.asset_value("first"), result.asset_value(["p", "second"])) == (1, "two")


def test_specs_are_answered_by_materialize_results() -> None:
    @multi_asset(specs=[AssetSpec("a"), AssetSpec("b", deps=["a"])])
    def both() -> Iterator[MaterializeResult[Any]]:
        yield MaterializeResult(asset_key="a", metadata={"n": 1})
        yield MaterializeResult(asset_key="b")

    @multi_asset(specs=[AssetSpec("a"), AssetSpec("b")])
    def nameless() -> MaterializeResult[Any]:
        return MaterializeResult()

    result = materialize([both])
    assert {made.label for made in result.asset_materializations_for_node("both")} == {"a", "b"}
    with pytest.raises(
        InvariantViolationError,
        match="MaterializeResult did not include asset_key and it can not be inferred.* options are: a, b",
    ):
        materialize([nameless])


def test_a_subset_makes_only_what_is_selected() -> None:
    seen: dict[str, Any] = {}

    @multi_asset(outs={"a": AssetOut(is_required=False), "b": AssetOut(is_required=False)}, can_subset=True)
    def some(context: Any) -> Iterator[Output[int]]:
        seen.update(keys=context.selected_asset_keys, outputs=context.selected_output_names, subset=context.is_subset)
        for name in sorted(context.selected_output_names):
            yield Output(1, name)

    result = materialize([some], selection=["b"])
    assert seen == {"keys": {AssetKey("b")}, "outputs": {"b"}, "subset": True}
    assert [made.label for made in result.asset_materializations_for_node("some")] == ["b"]

    @multi_asset(outs={"c": AssetOut(), "d": AssetOut()})
    def all_or_none() -> tuple[int, int]:
        return 1, 2

    with pytest.raises(
        InvalidDefinitionError, match="Failed to resolve asset job.*cannot be made apart from each other"
    ):
        materialize([all_or_none], selection=AssetSelection.keys("c"))


def test_the_context_of_an_asset_knows_its_assets() -> None:
    seen: dict[str, Any] = {}

    @asset(key_prefix="deep")
    def aware(context: Any, numbers: list[int]) -> int:
        seen.update(
            key=context.asset_key,
            output=context.asset_key_for_output(),
            input=context.asset_key_for_input("numbers"),
            name=context.output_for_asset_key(AssetKey(["deep", "aware"])),
            has=context.has_assets_def,
        )
        context.add_asset_metadata({"n": len(numbers)})
        context.add_output_metadata({"m": 2})
        return 1

    result = materialize_to_memory([numbers, aware])
    deep = AssetKey(["deep", "aware"])
    assert seen == {"key": deep, "output": deep, "input": AssetKey("numbers"), "name": "result", "has": True}
    (made,) = result.asset_materializations_for_node("deep__aware")
    assert {name: value.value for name, value in made.metadata.items()} == {"n": 10, "m": 2}


def test_an_asset_may_read_what_it_was_before() -> None:
    calls = []

    @asset
    def history(context: Any) -> list[int]:
        calls.append(context.asset_key)
        return [1]

    assert materialize([history]).asset_value("history") == [1]
    assert calls == [AssetKey("history")]


def test_an_asset_asks_what_it_was_made_of_and_tells_its_version() -> None:
    @asset(code_version="2")
    def made(context: dg.AssetExecutionContext) -> None:
        seen.append(context.get_asset_provenance(context.asset_key))
        context.set_data_version(context.asset_key, dg.DataVersion("7"))

    seen: list[dg.DataProvenance | None] = []
    with dg.instance_for_test() as instance:
        for _ in range(2):
            (event,) = materialize([made], instance=instance).get_asset_materialization_events()
    assert event.materialization.tags["headrace/data_version"] == "7"
    assert seen == [None, dg.DataProvenance("2", {}, is_user_provided=True)]


def test_an_asset_loads_others_that_are_no_inputs() -> None:
    @asset
    def source() -> int:
        return 3

    @asset(deps=[source])
    def made(context: dg.AssetExecutionContext) -> int:
        return context.load_asset_value("source") * 2

    with dg.instance_for_test() as instance:
        assert materialize([source, made], instance=instance).output_for_node("made") == 6
