"""Partitions travel as what they are defined by, and come back the same."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

import headrace as dg
from headrace.wire.definitions import to_definitions
from headrace.wire.partitions import from_partitions, to_partitions

DAYS = dg.DailyPartitionsDefinition(
    "2024-01-01",
    end_date="2025-01-01",
    timezone="Europe/Berlin",
    hour_offset=6,
    end_offset=1,
    exclusions=["0 6 * * 0", datetime(2024, 2, 3, 6)],
)
COLORS = dg.StaticPartitionsDefinition(["red", "green"])


@pytest.mark.parametrize(
    "partitions_def",
    [
        COLORS,
        DAYS,
        dg.HourlyPartitionsDefinition("2024-01-01-00:00", minute_offset=15),
        dg.TimeWindowPartitionsDefinition(start="2024", fmt="%Y", cron_schedule="0 0 1 1 *"),
        dg.DynamicPartitionsDefinition(name="fish"),
        dg.MultiPartitionsDefinition({"day": DAYS, "color": COLORS}),
    ],
)
def test_partitions_come_back_as_they_went(partitions_def: dg.PartitionsDefinition) -> None:
    message = to_partitions(partitions_def)
    assert message is not None
    assert from_partitions(message) == partitions_def


def test_a_hundred_years_of_hours_are_a_few_bytes() -> None:
    message = to_partitions(dg.HourlyPartitionsDefinition("1924-01-01-00:00"))
    assert message is not None
    assert message.ByteSize() < 100
    assert from_partitions(message).get_num_partitions(datetime(2024, 1, 1, tzinfo=timezone.utc)) == 876_600


def test_assets_and_jobs_carry_their_partitions() -> None:
    @dg.asset(partitions_def=COLORS, backfill_policy=dg.BackfillPolicy.single_run())
    def shade() -> None: ...

    @dg.asset(partitions_def=DAYS)
    def daily() -> None: ...

    @dg.asset
    def whole() -> None: ...

    job = dg.define_asset_job("shades", selection="shade")
    entries = list(to_definitions(dg.Definitions(assets=[shade, daily, whole], jobs=[job])))
    jobs = {entry.job.name: entry.job for entry in entries if entry.HasField("job")}
    assets = {entry.asset.asset_key.path[0]: entry.asset for entry in entries if entry.HasField("asset")}
    assert list(jobs["shades"].partitions.static.partition_keys) == ["red", "green"]
    assert not jobs["__ASSET_JOB"].HasField("partitions")
    assert assets["shade"].backfill_policy.max_partitions_per_run == 0
    assert assets["shade"].HasField("backfill_policy")
    assert assets["daily"].partitions.time_windows.time_zone == "Europe/Berlin"
    assert not assets["whole"].HasField("partitions")
    assert not assets["whole"].HasField("backfill_policy")
