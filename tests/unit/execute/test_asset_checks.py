"""Asset checks in runs."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg


def verdicts(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {each.check_name: each.passed for each in result.get_asset_check_evaluations()}


def upstream_and_downstream(made: list[str]) -> list[dg.AssetsDefinition]:
    @dg.asset
    def orders() -> int:
        made.append("orders")
        return 5

    @dg.asset
    def totals(orders: int) -> None:
        made.append("totals")

    return [orders, totals]


def failing(**kwargs: Any) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset="orders", **kwargs)
    def small(orders: int) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=orders < 3, description="too many", metadata={"orders": orders})

    return small


def test_a_check_runs_after_its_asset_and_tells_its_verdict() -> None:
    result = dg.materialize_to_memory([*upstream_and_downstream([]), failing()])
    [verdict] = result.get_asset_check_evaluations()
    assert result.success
    assert verdict.asset_check_key == dg.AssetCheckKey(dg.AssetKey("orders"), "small")
    assert not verdict.passed and verdict.severity is dg.AssetCheckSeverity.ERROR
    assert verdict.description == "too many" and verdict.metadata["orders"].value == 5


def test_a_blocking_check_stops_what_is_downstream() -> None:
    made: list[str] = []
    result = dg.materialize_to_memory([*upstream_and_downstream(made), failing(blocking=True)], raise_on_error=False)
    assert not result.success and made == ["orders"]
    assert result.is_node_skipped("totals") and "orders: small" in str(result.failure)
    assert verdicts(result) == {"small": False}


def test_what_is_downstream_waits_for_a_blocking_check_that_passes() -> None:
    made: list[str] = []

    @dg.asset_check(asset="orders", blocking=True)
    def fine():
        made.append("fine")
        return dg.AssetCheckResult(passed=True)

    dg.materialize_to_memory([*upstream_and_downstream(made), fine])
    assert made == ["orders", "fine", "totals"]


def test_a_blocking_check_that_only_warns_stops_nothing() -> None:
    made: list[str] = []

    @dg.asset_check(asset="orders", blocking=True)
    def warns():
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)

    assert dg.materialize_to_memory([*upstream_and_downstream(made), warns]).success
    assert made == ["orders", "totals"]


def test_a_verdict_is_logged_by_code_that_defines_no_check() -> None:
    @dg.op
    def look(context) -> None:
        context.log_event(dg.AssetCheckEvaluation(dg.AssetKey("orders"), "elsewhere", passed=True))

    @dg.job
    def looking():
        look()

    assert verdicts(looking.execute_in_process()) == {"elsewhere": True}


SPECS = [dg.AssetCheckSpec("first", asset="orders"), dg.AssetCheckSpec("second", asset="orders", blocking=True)]


def test_an_asset_gives_the_verdicts_of_its_own_checks() -> None:
    @dg.asset(check_specs=SPECS)
    def orders():
        yield dg.Output(5)
        yield dg.AssetCheckResult(check_name="first", passed=True)
        yield dg.AssetCheckResult(check_name="second", passed=True)

    result = dg.materialize_to_memory([orders])
    assert verdicts(result) == {"first": True, "second": True}
    assert result.output_for_node("orders") == 5


def test_verdicts_come_with_a_materialize_result() -> None:
    @dg.asset(check_specs=SPECS)
    def orders() -> dg.MaterializeResult:
        return dg.MaterializeResult(
            check_results=[
                dg.AssetCheckResult(check_name="first", passed=False),
                dg.AssetCheckResult(check_name="second", passed=False),
            ]
        )

    @dg.asset(deps=[orders])
    def totals() -> None: ...

    result = dg.materialize_to_memory([orders, totals], raise_on_error=False)
    assert not result.success and result.is_node_skipped("totals")
    assert verdicts(result) == {"first": False, "second": False}
    assert len(result.asset_materializations_for_node("orders")) == 1


def test_a_verdict_that_is_owed_fails_the_step() -> None:
    @dg.asset(check_specs=SPECS)
    def orders():
        yield dg.Output(5)
        yield dg.AssetCheckResult(check_name="first", passed=True)

    with pytest.raises(dg.StepOutputNotFoundError, match="orders:second"):
        dg.materialize_to_memory([orders])


def test_a_verdict_of_an_unknown_check_is_refused() -> None:
    @dg.asset(check_specs=SPECS)
    def orders():
        yield dg.AssetCheckResult(check_name="third", passed=True)

    with pytest.raises(dg.InvariantViolationError, match="No checks currently being evaluated target asset"):
        dg.materialize_to_memory([orders])


def test_one_function_makes_some_of_its_checks() -> None:
    @dg.multi_asset_check(specs=SPECS, can_subset=True)
    def both(context: dg.AssetCheckExecutionContext):
        for key in sorted(context.selected_asset_check_keys):
            yield dg.AssetCheckResult(asset_key=key.asset_key, check_name=key.name, passed=True)

    orders, _ = upstream_and_downstream([])
    selection = dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("orders"), "first"))
    assert verdicts(dg.materialize_to_memory([orders, both])) == {"first": True, "second": True}
    assert verdicts(dg.materialize_to_memory([orders, both], selection=selection)) == {"first": True}


def test_a_multi_asset_makes_the_checks_of_the_assets_it_makes() -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("orders"), dg.AssetSpec("totals")],
        check_specs=[dg.AssetCheckSpec("c", asset="orders"), dg.AssetCheckSpec("d", asset="totals")],
        can_subset=True,
    )
    def both(context: dg.AssetExecutionContext):
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(asset_key=key)
        for check in sorted(context.selected_asset_check_keys):
            yield dg.AssetCheckResult(asset_key=check.asset_key, check_name=check.name, passed=True)

    assert verdicts(dg.materialize_to_memory([both])) == {"c": True, "d": True}
    assert verdicts(dg.materialize_to_memory([both], selection=["totals"])) == {"d": True}


def test_jobs_run_the_checks_of_their_assets() -> None:
    orders, totals = upstream_and_downstream([])
    defs = dg.Definitions(
        assets=[orders, totals],
        asset_checks=[failing()],
        jobs=[
            dg.define_asset_job("all_of_it"),
            dg.define_asset_job("unchecked", dg.AssetSelection.all().without_checks()),
            dg.define_asset_job("checked", dg.AssetSelection.all_asset_checks()),
        ],
        resources={"io_manager": dg.InMemoryIOManager()},
    )
    dg.Definitions.validate_loadable(defs)

    def run(name: str, **kwargs: Any) -> dg.ExecuteInProcessResult:
        return defs.resolve_job(name).execute_in_process(**kwargs)

    assert verdicts(run("all_of_it")) == {"small": False}
    assert verdicts(run("unchecked")) == {}
    assert run("checked").started_steps() == ["orders_small"]
    only_totals = run("__ASSET_JOB", asset_selection=[dg.AssetKey("totals")])
    assert only_totals.started_steps() == ["totals"]
    assert run("__ASSET_JOB", asset_selection=[dg.AssetKey("orders")]).started_steps() == ["orders", "orders_small"]


def test_a_check_reads_other_assets() -> None:
    @dg.asset_check(asset="totals", additional_ins={"orders": dg.AssetIn("orders")})
    def fits(orders):
        return dg.AssetCheckResult(passed=orders == 5)

    assert verdicts(dg.materialize_to_memory([*upstream_and_downstream([]), fits])) == {"fits": True}
