"""A location with partitions, nested graphs, configuration that must be given, and a sensor that ticks all the time."""

from __future__ import annotations

import time

import headrace as dg

days = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-03-01")


@dg.asset(partitions_def=days, group_name="warehouse", kinds=["duckdb"])
def visits(context):
    """Visits, **day by day**."""
    if context.partition_key == "2024-01-13":
        raise ValueError("the thirteenth is missing")
    context.add_output_metadata({"rows": int(context.partition_key[-2:]) * 100})


@dg.asset(partitions_def=days, group_name="warehouse")
def archive():
    """Takes so long that there is always something left to cancel."""
    time.sleep(300)


@dg.asset(partitions_def=days, group_name="doors")
def arrivals():
    """Who came in, day by day."""


@dg.asset(partitions_def=days, group_name="doors", deps=[arrivals])
def arrivals_by_hour():
    """When they came."""


@dg.asset(group_name="warehouse", deps=["numbers_seen"], automation_condition=dg.AutomationCondition.eager())
def numbers_report(context):
    context.add_output_metadata({"rows": 3})


@dg.asset(group_name="sources")
def numbers_seen(context):
    context.add_output_metadata({"rows": 2})


class LoadConfig(dg.Config):
    """What is loaded."""

    rows: int
    table: str = "visits"


@dg.asset(group_name="sources")
def loaded(config: LoadConfig):
    """Is told what it loads."""


@dg.op
def load(config: LoadConfig):
    return config.rows


@dg.op
def add_one(number):
    return number + 1


@dg.op
def double(number):
    return number * 2


@dg.graph
def change(number):
    return double(add_one(number))


@dg.op
def store(number):
    return number


@dg.job(presets={"a few": dg.RunConfig(ops={"load": LoadConfig(rows=5)})})
def load_visits():
    store(change(load()))


@dg.sensor(job=load_visits, minimum_interval_seconds=1)
def watch_files(context):
    seen = int(context.cursor or 0) + 1
    context.update_cursor(str(seen))
    return dg.SkipReason(f"looked {seen} times")


@dg.sensor(job=load_visits, minimum_interval_seconds=1)
def broken_sensor():
    raise RuntimeError("the bucket is gone")


defs = dg.Definitions(
    assets=[visits, archive, arrivals, arrivals_by_hour, numbers_report, numbers_seen, loaded],
    jobs=[load_visits, dg.define_asset_job("whole_archive", ["archive"])],
    sensors=[watch_files, broken_sensor],
)
