"""Asset checks: how they are defined, selected and called directly."""

from __future__ import annotations

import pytest

import headrace as dg


@dg.asset
def orders() -> list[int]:
    return [1, 2]


@dg.asset_check(asset=orders, description="There are some.")
def orders_exist(orders: list[int]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=len(orders) > 0, metadata={"rows": len(orders)})


@dg.asset_check(asset="orders", name="fresh", blocking=True)
def orders_are_fresh() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


ORDERS_EXIST = dg.AssetCheckKey(dg.AssetKey("orders"), "orders_exist")
ORDERS_FRESH = dg.AssetCheckKey(dg.AssetKey("orders"), "fresh")


def test_a_check_is_named_by_its_asset_and_its_function() -> None:
    assert isinstance(orders_exist, dg.AssetChecksDefinition)
    assert orders_exist.check_key == ORDERS_EXIST and orders_exist.asset_key == dg.AssetKey("orders")
    assert orders_exist.get_spec_for_check_key(ORDERS_EXIST).description == "There are some."
    assert ORDERS_FRESH.to_user_string() == "orders:fresh"
    assert [(spec.name, spec.blocking) for spec in orders_are_fresh.check_specs] == [("fresh", True)]


def test_a_check_is_called_like_its_function() -> None:
    assert orders_exist([1]).metadata["rows"].value == 1
    assert not orders_exist([]).passed
    assert orders_are_fresh().passed


def test_a_check_gets_resources_and_config_in_its_context() -> None:
    @dg.asset_check(asset=orders, required_resource_keys={"limit"}, config_schema={"most": int})
    def few(context: dg.AssetCheckExecutionContext, orders):
        names = [spec.name for spec in context.check_specs]
        return dg.AssetCheckResult(
            passed=len(orders) <= min(context.resources.limit, context.op_config["most"]), metadata={"names": names}
        )

    context = dg.build_asset_check_context(resources={"limit": 3}, asset_config={"most": 1})
    assert not few(context, [1, 2]).passed


def test_only_one_parameter_takes_the_asset() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="additional_ins"):

        @dg.asset_check(asset=orders)
        def two(orders, others): ...

    with pytest.raises(dg.InvalidDefinitionError, match="can only be passed to one of these parameters"):

        @dg.asset_check(asset=orders, additional_ins={"again": dg.AssetIn("orders")})
        def again(again): ...


def test_checks_of_the_same_name_are_refused() -> None:
    @dg.asset_check(asset=orders, name="fresh")
    def other():
        return dg.AssetCheckResult(passed=True)

    with pytest.raises(dg.DuplicateDefinitionError, match="orders:fresh"):
        dg.Definitions(assets=[orders], asset_checks=[orders_are_fresh, other]).resolve_asset_graph()


def test_checks_inside_look_at_the_assets_made() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="Invalid asset key 'orders'"):

        @dg.asset(check_specs=[dg.AssetCheckSpec("fine", asset="orders")])
        def totals(): ...


def test_a_result_needs_a_bool() -> None:
    with pytest.raises(dg.InvariantViolationError, match="True or False"):
        dg.AssetCheckResult(passed=None)  # type: ignore[arg-type]


def test_selections_of_checks() -> None:
    @dg.asset_check(asset="totals")
    def sums():
        return dg.AssetCheckResult(passed=True)

    @dg.asset
    def totals(orders): ...

    graph = dg.Definitions(assets=[orders, totals], asset_checks=[orders_exist, orders_are_fresh, sums])
    among = graph.resolve_asset_graph()
    of_orders = {ORDERS_EXIST, ORDERS_FRESH}
    select = dg.AssetSelection

    def found(selection: dg.AssetSelection) -> tuple[set[str], set[dg.AssetCheckKey]]:
        return {key.to_user_string() for key in selection.resolve(among)}, set(selection.resolve_checks(among))

    assert found(select.all()) == ({"orders", "totals"}, {*of_orders, sums.check_key})
    assert found(select.assets(orders)) == ({"orders"}, of_orders)
    assert found(select.assets(orders).without_checks()) == ({"orders"}, set())
    assert found(select.checks(orders_exist)) == (set(), {ORDERS_EXIST})
    assert found(select.checks(ORDERS_FRESH) | select.assets("totals")) == ({"totals"}, {ORDERS_FRESH, sums.check_key})
    assert found(select.checks_for_assets(orders)) == (set(), of_orders)
    assert found(select.all_asset_checks() - select.checks(sums)) == (set(), of_orders)
    assert found(select.all() - select.checks(orders_exist)) == ({"orders", "totals"}, {ORDERS_FRESH, sums.check_key})
    with pytest.raises(dg.InvalidSubsetError, match="orders:no"):
        select.checks(dg.AssetCheckKey(dg.AssetKey("orders"), "no")).resolve_checks(among)
