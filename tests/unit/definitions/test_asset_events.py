"""What code tells about assets outside of what it returns as values."""

from __future__ import annotations

import pytest

import headrace as dg


def test_a_verdict_is_found_by_its_name() -> None:
    good = dg.AssetCheckResult(passed=True, check_name="good")
    for result in (dg.MaterializeResult(check_results=[good]), dg.ObserveResult(check_results=[good])):
        assert result.check_result_named("good") is good
        with pytest.raises(dg.UnknownNameError, match="has 0 verdicts of check 'bad'; it has: good"):
            result.check_result_named("bad")


def test_a_file_is_an_asset_by_its_path() -> None:
    written = dg.AssetMaterialization.file("/lake/orders", "written")
    assert written == dg.AssetMaterialization(
        ["lake", "orders"], "written", metadata={"path": dg.MetadataValue.path("/lake/orders")}
    )
    assert dg.AssetMaterialization.file("/lake/orders", asset_key="orders").asset_key == dg.AssetKey("orders")


def test_the_keys_of_events_are_read_as_dagster_reads_them() -> None:
    for text, path in {"a/b": ["a", "b"], "/a": ["a"], "a-b c": ["a", "b", "c"], "a_b.csv": ["a_b", "csv"]}.items():
        assert dg.AssetMaterialization(text).asset_key == dg.AssetObservation(text).asset_key == dg.AssetKey(path)


@pytest.mark.parametrize("name", ["headrace/data_version", "dagster/data_version"])
def test_an_observation_says_which_version_was_seen(name: str) -> None:
    assert dg.AssetObservation("a", tags={name: "7"}).data_version == "7"
    assert dg.AssetObservation("a").data_version is None


def test_an_asset_that_asks_for_the_context_of_an_op_tells_versions_all_the_same() -> None:
    seen = []

    @dg.asset
    def first() -> int:
        return 7

    @dg.asset(deps=[first])
    def second(context: dg.OpExecutionContext) -> None:
        seen.append(
            (type(context), context.load_asset_value("first"), context.get_asset_provenance(dg.AssetKey("second")))
        )
        context.set_data_version(dg.AssetKey("second"), dg.DataVersion("v7"))

    made = dg.materialize([first, second]).asset_materializations_for_node("second")
    assert seen == [(dg.OpExecutionContext, 7, None)]
    assert made[0].tags is not None
    assert made[0].tags["headrace/data_version"] == "v7"
