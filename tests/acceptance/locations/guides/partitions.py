"""Partitions, as the guides write them."""

import datetime
import os
import pickle
import tempfile

import dagster as dg

ROOT = os.environ.get("GUIDES_DIRECTORY") or tempfile.gettempdir()

daily = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-02-01")
hourly = dg.HourlyPartitionsDefinition(start_date=datetime.datetime(2024, 1, 1), end_date=datetime.datetime(2024, 1, 3))
weekly = dg.WeeklyPartitionsDefinition(start_date="2024-01-01", day_offset=1, end_date="2024-02-05")
monthly = dg.MonthlyPartitionsDefinition(start_date="2023-11-01", end_date="2024-02-01")
quarter_days = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 */6 * * *", start="2024-01-01-00", fmt="%Y-%m-%d-%H", end="2024-01-03-00", timezone="Europe/Berlin"
)
regions = dg.StaticPartitionsDefinition(["eu", "us"])
tenants = dg.DynamicPartitionsDefinition(name="guide_tenants")
grid = dg.MultiPartitionsDefinition({"day": daily, "region": regions})


@dg.asset(partitions_def=daily)
def events(context: dg.AssetExecutionContext) -> list[str]:
    window = context.partition_time_window
    assert window.end - window.start == datetime.timedelta(days=1)
    assert context.partition_key == window.start.strftime("%Y-%m-%d")
    context.add_output_metadata({"day": context.partition_key})
    return [context.partition_key]


@dg.asset(partitions_def=monthly)
def by_month(context, events: dict[str, list[str]]):
    assert len(events) == 31, len(events)
    return sum(map(len, events.values()))


@dg.asset(
    partitions_def=weekly,
    deps=[
        dg.AssetDep(
            "events", partition_mapping=dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
        )
    ],
)
def by_week(context):
    return context.partition_key


@dg.asset(
    partitions_def=daily,
    ins={"rolling": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))},
)
def rolling(context, rolling) -> int:
    return rolling + 1 if isinstance(rolling, int) else 1


@dg.asset(partitions_def=hourly, backfill_policy=dg.BackfillPolicy.single_run())
def hours(context: dg.AssetExecutionContext) -> None:
    assert context.partition_key_range.start == context.partition_keys[0]
    context.add_output_metadata({"keys": len(context.partition_keys)})


@dg.asset(partitions_def=quarter_days)
def odd_windows(context):
    return context.partition_key


@dg.asset(partitions_def=regions)
def region(context) -> str:
    return context.partition_key


@dg.asset(
    partitions_def=dg.StaticPartitionsDefinition(["de", "fr", "ny"]),
    ins={"region": dg.AssetIn(partition_mapping=dg.StaticPartitionMapping({"eu": {"de", "fr"}, "us": "ny"}))},
)
def country(region: str) -> str:
    return f"of {region}"


@dg.asset(ins={"events": dg.AssetIn(partition_mapping=dg.LastPartitionMapping())})
def newest(events: list[str]) -> None:
    assert events == ["2024-01-31"]


@dg.asset(ins={"region": dg.AssetIn(partition_mapping=dg.SpecificPartitionsPartitionMapping(["eu"]))})
def only_eu(region) -> None:
    assert region == "eu"


@dg.asset
def everywhere(region: dict[str, str]) -> None:
    assert region == {"eu": "eu", "us": "us"}


@dg.asset(partitions_def=tenants)
def tenant(context) -> str:
    return context.partition_key.upper()


@dg.asset(partitions_def=grid)
def cell(context: dg.AssetExecutionContext) -> str:
    key = context.partition_key
    assert isinstance(key, dg.MultiPartitionKey)
    assert key.keys_by_dimension["region"] in ("eu", "us")
    return f"{key.keys_by_dimension['day']}/{key.keys_by_dimension['region']}"


@dg.asset(
    partitions_def=regions,
    ins={"cell": dg.AssetIn(partition_mapping=dg.MultiToSingleDimensionPartitionMapping("region"))},
)
def per_region(cell: dict[str, str]) -> int:
    return len(cell)


@dg.asset(
    partitions_def=grid,
    deps=[
        dg.AssetDep(
            "cell",
            partition_mapping=dg.MultiPartitionMapping(
                {
                    "day": dg.DimensionPartitionMapping("day", dg.TimeWindowPartitionMapping(start_offset=-1)),
                    "region": dg.DimensionPartitionMapping("region", dg.IdentityPartitionMapping()),
                }
            ),
        )
    ],
)
def shifted(context):
    return str(context.partition_key)


# Files by partition


class PickleUPath(dg.UPathIOManager):
    extension = ".pickle"

    def dump_to_path(self, context, obj, path):
        with path.open("wb") as file:
            pickle.dump(obj, file)

    def load_from_path(self, context, path):
        with path.open("rb") as file:
            return pickle.load(file)


@dg.io_manager
def upath(context):
    from upath import UPath

    return PickleUPath(base_path=UPath(os.path.join(ROOT, "upath")))


@dg.asset(partitions_def=regions, io_manager_key="upath")
def stored(context) -> str:
    return f"stored {context.partition_key}"


@dg.asset(io_manager_key="upath")
def gathered(stored: dict[str, str]) -> list[str]:
    assert sorted(stored) == ["eu", "us"], stored
    return sorted(stored.values())


# Partitioned jobs


@dg.op(config_schema={"date": str, "end": dg.Field(str, is_required=False)})
def report(context):
    assert context.partition_key == context.op_config["date"]
    assert context.has_partition_key


@dg.daily_partitioned_config(
    start_date=datetime.datetime(2024, 1, 1), tags_for_partition_fn=lambda start, end: {"day": start.strftime("%d")}
)
def by_day(start: datetime.datetime, end: datetime.datetime):
    return {"ops": {"report": {"config": {"date": start.strftime("%Y-%m-%d"), "end": end.strftime("%Y-%m-%d")}}}}


@dg.static_partitioned_config(partition_keys=["x", "y"])
def by_letter(key: str):
    return {"ops": {"report": {"config": {"date": key}}}}


@dg.job(config=by_day)
def day_job():
    report()


@dg.job(config=by_letter)
def letter_job():
    report()


region_job = dg.define_asset_job("region_job", selection=[region, stored], partitions_def=regions)


@dg.asset_check(asset=region, partitions_def=regions)
def region_known(context: dg.AssetCheckExecutionContext, region: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=region == context.partition_key)


defs = dg.Definitions(
    assets=[
        events,
        by_month,
        by_week,
        rolling,
        hours,
        odd_windows,
        region,
        country,
        newest,
        only_eu,
        everywhere,
        tenant,
        cell,
        per_region,
        shifted,
        stored,
        gathered,
    ],
    asset_checks=[region_known],
    jobs=[day_job, letter_job, region_job],
    schedules=[dg.build_schedule_from_partitioned_job(day_job, hour_of_day=3)],
    resources={"upath": upath},
)
