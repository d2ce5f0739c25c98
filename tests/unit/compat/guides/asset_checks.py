"""Asset checks."""

import tempfile
from collections.abc import Iterable

import dagster as dg


@dg.asset
def orders() -> list[int]:
    return [1, 2, 3]


@dg.asset
def items() -> None: ...


@dg.asset_check(asset=orders, description="There are some")
def has_orders(orders: list[int]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=bool(orders), metadata={"count": len(orders)})


def evaluation(result, name):
    return next(each for each in result.get_asset_check_evaluations() if each.check_name == name)


def test_a_check_runs_after_its_asset():
    result = dg.materialize([orders, has_orders])
    found = evaluation(result, "has_orders")
    assert found.passed and found.asset_key == orders.key
    assert found.metadata["count"].value == 3


def test_several_checks_in_one_function():
    @dg.multi_asset_check(
        specs=[
            dg.AssetCheckSpec(name="positive", asset=orders),
            dg.AssetCheckSpec(name="unique", asset="items", description="No doubles"),
        ]
    )
    def both() -> Iterable[dg.AssetCheckResult]:
        yield dg.AssetCheckResult(check_name="positive", passed=True, asset_key="orders")
        yield dg.AssetCheckResult(
            check_name="unique", passed=False, asset_key="items", severity=dg.AssetCheckSeverity.WARN
        )

    result = dg.materialize([orders, items, both])
    assert result.success
    assert evaluation(result, "unique").severity == dg.AssetCheckSeverity.WARN


def test_checks_inside_of_the_asset():
    @dg.asset(check_specs=[dg.AssetCheckSpec(name="no_nulls", asset="checked")])
    def checked() -> dg.MaterializeResult:
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=False, metadata={"nulls": 2})])

    @dg.asset(check_specs=[dg.AssetCheckSpec(name="ok", asset="yields")])
    def yields():
        yield dg.Output(1)
        yield dg.AssetCheckResult(passed=True)

    result = dg.materialize([checked, yields])
    assert not evaluation(result, "no_nulls").passed
    assert evaluation(result, "ok").passed


def test_a_blocking_check_stops_what_follows():
    @dg.asset_check(asset=orders, blocking=True)
    def fails() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    @dg.asset
    def after(orders: list[int]) -> int:
        return len(orders)

    result = dg.materialize([orders, after, fails], raise_on_error=False)
    assert not result.success
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [orders.key]


def test_a_factory_of_checks():
    def make(name: str, least: int) -> dg.AssetChecksDefinition:
        @dg.asset_check(name=name, asset=orders)
        def _check(orders):
            return dg.AssetCheckResult(passed=len(orders) >= least)

        return _check

    result = dg.materialize([orders, make("one", 1), make("nine", 9)])
    assert evaluation(result, "one").passed and not evaluation(result, "nine").passed


def test_a_subset_of_an_asset_and_its_check():
    @dg.multi_asset(
        specs=[dg.AssetSpec("piece_1", skippable=True), dg.AssetSpec("piece_2", skippable=True)],
        check_specs=[dg.AssetCheckSpec("my_check", asset="piece_1")],
        can_subset=True,
    )
    def pieces(context: dg.AssetExecutionContext):
        if dg.AssetKey("piece_1") in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key="piece_1")
        if dg.AssetCheckKey(dg.AssetKey("piece_1"), "my_check") in context.selected_asset_check_keys:
            yield dg.AssetCheckResult(passed=True, metadata={"foo": "bar"})
        if dg.AssetKey("piece_2") in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key="piece_2")

    assert len(dg.materialize([pieces]).get_asset_check_evaluations()) == 1
    assert not dg.materialize([pieces], selection="piece_2").get_asset_check_evaluations()


def test_checks_of_partitioned_assets():
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
    def letters(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    @dg.asset_check(asset=letters)
    def no_nones(letters):
        return dg.AssetCheckResult(passed=all(each is not None for each in letters.values()))

    instance = dg.DagsterInstance.ephemeral()
    resources = {"io_manager": dg.FilesystemIOManager(base_dir=tempfile.mkdtemp())}
    for key in ("a", "b"):
        assert dg.materialize([letters], partition_key=key, instance=instance, resources=resources).success
    job = dg.define_asset_job("check_job", dg.AssetSelection.checks(no_nones))
    defs = dg.Definitions(assets=[letters], asset_checks=[no_nones], jobs=[job], resources=resources)
    result = defs.resolve_job_def("check_job").execute_in_process(instance=instance)
    assert result.get_asset_check_evaluations()[0].passed


def test_checks_with_schedule_and_selection():
    asset_job = dg.define_asset_job("assets_only", dg.AssetSelection.assets(orders).without_checks())
    check_job = dg.define_asset_job("checks_only", dg.AssetSelection.checks_for_assets(orders))
    defs = dg.Definitions(
        assets=[orders],
        asset_checks=[has_orders],
        jobs=[asset_job, check_job],
        schedules=[dg.ScheduleDefinition(job=check_job, cron_schedule="0 0 * * *")],
    )
    assert defs.resolve_job_def("assets_only").execute_in_process().get_asset_check_evaluations() == []
    assert defs.resolve_schedule_def("checks_only_schedule").cron_schedule == "0 0 * * *"


def test_a_check_is_called_like_a_function():
    assert has_orders([1]).passed
    assert not has_orders([]).passed

    @dg.asset_check(asset="orders")
    def with_context(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        context.log.info("here")
        return dg.AssetCheckResult(passed=True)

    assert with_context(dg.build_asset_check_context()).passed
