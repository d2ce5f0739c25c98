"""Orders by day, reports of them by week, a summary of the reports, and a job by day."""

from __future__ import annotations

import os
import time
from pathlib import Path

import headrace as dg

MENDED = Path(os.environ["BACKFILLS_MENDED"])
BROKEN_DAY = "2024-01-10"

daily = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-03-01")
weekly = dg.WeeklyPartitionsDefinition(start_date="2024-01-01", end_date="2024-03-01")


@dg.asset(partitions_def=daily)
def orders(context: dg.AssetExecutionContext) -> int:
    if context.partition_key == BROKEN_DAY and not MENDED.exists():
        raise ValueError("no orders on the tenth")
    return 1


@dg.asset(partitions_def=weekly, deps=[orders])
def reports() -> None: ...


@dg.asset(deps=[reports])
def summary() -> None: ...


@dg.asset(partitions_def=daily, backfill_policy=dg.BackfillPolicy.multi_run(10))
def in_ranges(context: dg.AssetExecutionContext) -> None:
    assert len(context.partition_keys) == 10


@dg.daily_partitioned_config(start_date="2024-01-01")
def config_of_day(start: object, end: object) -> dict[str, object]:
    return {"ops": {"work": {"config": {"day": str(start)[:10]}}}}


@dg.op(config_schema={"day": str})
def work(context: dg.OpExecutionContext) -> None:
    context.log.info(context.op_config["day"])


@dg.job(config=config_of_day)
def by_day() -> None:
    work()


@dg.asset(partitions_def=daily)
def slow() -> None:
    time.sleep(60)


@dg.asset(partitions_def=weekly)
def suspicious() -> None: ...


@dg.asset_check(asset=suspicious)
def breaks() -> dg.AssetCheckResult:
    raise ValueError("nothing to compare with")
