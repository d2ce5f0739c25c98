"""Graphs that make several assets, and runs that make some of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import headrace as dg


@dg.op(out={"left": dg.Out(is_required=False), "right": dg.Out(is_required=False)})
def split(context: dg.OpExecutionContext):
    seen.append(("split", context.selected_output_names, context.is_subset))
    for name in sorted(context.selected_output_names):
        yield dg.Output(name, name)


@dg.op
def shout(text: str) -> str:
    seen.append(("shout", text))
    return text.upper()


@dg.op
def store(text: str) -> str:
    seen.append(("store", text))
    return text


@dg.graph_multi_asset(outs={"quiet": dg.AssetOut(), "loud": dg.AssetOut(), "loudest": dg.AssetOut()}, can_subset=True)
def words():
    left, right = split()
    loud = shout(right)
    return {"quiet": left, "loud": loud, "loudest": store(loud)}


seen: list[tuple[object, ...]] = []


def run(selection: Sequence[str], instance: object = None, assets: Sequence[object] = (words,)) -> set[str]:
    seen.clear()
    result = dg.materialize(assets, selection=[dg.AssetKey(each) for each in selection], instance=instance)
    return {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}


def test_only_the_ops_that_the_selected_assets_need_run() -> None:
    assert run(["quiet"]) == {"quiet"}
    assert seen == [("split", {"left"}, True)]
    assert run(["loud"]) == {"loud"}
    assert seen == [("split", {"right"}, True), ("shout", "right")]


def test_everything_runs_when_everything_is_selected() -> None:
    assert run(["quiet", "loud", "loudest"]) == {"quiet", "loud", "loudest"}
    assert seen == [("split", {"left", "right"}, False), ("shout", "right"), ("store", "RIGHT")]


def test_an_asset_of_the_graph_that_is_not_selected_is_loaded() -> None:
    with dg.instance_for_test() as instance:
        run(["loud"], instance)
        assert run(["loudest"], instance) == {"loudest"}
    assert seen == [("store", "RIGHT")]


def test_outputs_that_are_not_selected_are_refused() -> None:
    @dg.multi_asset(outs={"one": dg.AssetOut(), "two": dg.AssetOut()}, can_subset=True)
    def both():
        return 1, 2

    with pytest.raises(dg.InvariantViolationError, match='"both" returned an output "two" that is not selected'):
        run(["one"], assets=[both])


def test_assets_of_one_function_come_in_the_order_they_are_made_of_each_other() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b", deps=["a"])])
    def both():
        yield dg.MaterializeResult(asset_key="b")
        yield dg.MaterializeResult(asset_key="a")

    with pytest.raises(dg.InvariantViolationError, match='Asset "b" was yielded before its dependency "a"'):
        run(["a", "b"], assets=[both])


def test_returning_nothing_says_that_all_specs_were_made() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b", deps=["a"])])
    def both(context: dg.AssetExecutionContext) -> None:
        context.add_asset_metadata({"rows": 3}, asset_key="b")

    result = dg.materialize([both])
    assert {
        event.asset_key.to_user_string(): dict(event.materialization.metadata)
        for event in result.get_asset_materialization_events()
    } == {
        "a": {},
        "b": {"rows": dg.MetadataValue.int(3)},
    }
    assert both(dg.build_asset_context()) is None


def test_metadata_is_refused_where_no_such_asset_or_partition_is_made() -> None:
    @dg.asset
    def made(context: dg.AssetExecutionContext) -> None:
        for arguments in ({"asset_key": "other"}, {"partition_key": "p"}):
            with pytest.raises(dg.InvariantViolationError):
                context.add_asset_metadata({"a": 1}, **arguments)

    assert dg.materialize([made]).success
