"""Partitioned assets, dynamic partitions and user code that asks its instance."""

from __future__ import annotations

import headrace as dg

DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-02-01")
CUSTOMERS = dg.DynamicPartitionsDefinition(name="customers")


@dg.asset(partitions_def=DAYS)
def orders(context: dg.AssetExecutionContext) -> str:
    if context.partition_key == "2024-01-09":
        raise ValueError("no orders on that day")
    return context.partition_key


@dg.asset_check(asset=orders)
def are_there() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@dg.asset(partitions_def=DAYS)
def totals(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"days": len(context.partition_keys)})


@dg.asset
def registry(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    context.instance.add_dynamic_partitions("customers", ["anna"])
    newest = context.instance.get_latest_materialization_event(orders.key)
    return dg.MaterializeResult(metadata={"newest": newest.partition or "" if newest else "none"})


@dg.asset(partitions_def=CUSTOMERS)
def profile(context: dg.AssetExecutionContext) -> str:
    return context.partition_key


profiles = dg.define_asset_job("profiles", selection="profile")


@dg.sensor(job=profiles, default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=1)
def new_customers(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    if context.cursor:
        return dg.SkipReason("nobody new")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(partition_key="bert")],
        dynamic_partitions_requests=[CUSTOMERS.build_add_request(["bert"])],
        cursor="bert",
    )


defs = dg.Definitions(
    assets=[orders, totals, registry, profile], asset_checks=[are_there], jobs=[profiles], sensors=[new_customers]
)
