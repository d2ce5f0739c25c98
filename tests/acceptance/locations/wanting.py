"""Definitions that want something of their caller."""

from __future__ import annotations

import headrace as dg


class Limit(dg.Config):
    limit: int
    unit: str = "rows"


@dg.op
def count(context, config: Limit):
    context.log.info("at most %d %s", config.limit, config.unit)
    return config.limit


@dg.job
def counting():
    count()


@dg.op
def one():
    return 1


@dg.job
def simple():
    one()


@dg.asset
def raw_orders():
    return [1]


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["north", "south"]))
def orders_by_region(context):
    return context.partition_key


@dg.schedule(job=counting, cron_schedule="0 4 * * *")
def misconfigured(context):
    return dg.RunRequest(run_config={"ops": {"count": {"config": {"limit": "many"}}}})


@dg.sensor(job=simple)
def failing(context):
    raise RuntimeError("no orders today")


defs = dg.Definitions(
    assets=[raw_orders, orders_by_region], jobs=[counting, simple], schedules=[misconfigured], sensors=[failing]
)
