"""Sensors that are woken by what happens to runs and assets."""

from __future__ import annotations

import headrace as dg

RUNNING = dg.DefaultSensorStatus.RUNNING
# Nothing of this is to happen because time has passed.
DAY = 24 * 3600


@dg.op
def fail():
    raise ValueError("no such table")


@dg.job
def failing():
    fail()


@dg.op
def tell(context):
    context.log.info("told")


@dg.job
def telling():
    tell()


@dg.run_failure_sensor(default_status=RUNNING, request_job=telling)
def on_failure(context):
    (failed,) = context.get_step_failure_events()
    context.log.info("%s failed in %s", context.dagster_run.job_name, failed.step_key)
    return dg.RunRequest(run_key=context.dagster_run.run_id, tags={"failed_step": failed.step_key})


@dg.run_status_sensor(run_status=dg.RunState.SUCCEEDED, default_status=RUNNING, monitored_jobs=[telling])
def on_success(context):
    context.log.info("%s is %s", context.dagster_run.job_name, context.dagster_run.status.value)


@dg.asset
def orders():
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.asset_sensor(asset_key="orders", job=telling, default_status=RUNNING, minimum_interval_seconds=DAY)
def on_orders(context, event):
    rows = event.asset_materialization.metadata["rows"].value
    return dg.RunRequest(run_key=f"orders-{event.run_id}", tags={"rows": str(rows)})


@dg.sensor(job=telling, minimum_interval_seconds=1)
def counting(context):
    context.log.info("looking from %s", context.cursor)
    number = int(context.cursor or 0) + 1
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"n{number}")], cursor=str(number))


@dg.sensor(job=telling)
def curious(context):
    made = context.instance.get_latest_materialization_event(orders.key)
    return dg.SkipReason("never made" if made is None else f"made by {made.run_id}")


defs = dg.Definitions(
    assets=[orders], jobs=[failing, telling], sensors=[on_failure, on_success, on_orders, counting, curious]
)
