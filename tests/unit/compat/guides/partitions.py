"""Partitioning assets and jobs, mappings, backfills."""

from datetime import datetime

import dagster as dg

daily = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-03-01")


def test_time_based_partitions():
    @dg.asset(partitions_def=daily, metadata={"partition_expr": "day"})
    def sales(context: dg.AssetExecutionContext) -> str:
        window = context.partition_time_window
        return f"{context.partition_key} {window.start:%d} {window.end:%d}"

    result = dg.materialize([sales], partition_key="2024-02-03")
    assert result.output_for_node("sales") == "2024-02-03 03 04"
    assert result.asset_materializations_for_node("sales")[0].partition == "2024-02-03"
    assert len(daily.get_partition_keys()) == 60
    assert (
        dg.HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-01-03:00").get_partition_keys()[-1]
        == "2024-01-01-02:00"
    )
    assert dg.WeeklyPartitionsDefinition("2024-01-01", end_date="2024-01-31").get_partition_keys()[0] == "2024-01-07"
    assert dg.MonthlyPartitionsDefinition("2024-01-01", end_date="2024-04-01").get_partition_keys() == [
        "2024-01-01",
        "2024-02-01",
        "2024-03-01",
    ]


def test_cron_and_time_zones():
    cron = dg.TimeWindowPartitionsDefinition(
        start="2024-01-01", end="2024-01-10", cron_schedule="0 6 * * 1-5", fmt="%Y-%m-%d", timezone="Europe/Berlin"
    )
    assert cron.get_partition_keys()[:2] == ["2024-01-01", "2024-01-02"]
    window = cron.time_window_for_partition_key("2024-01-05")
    assert (window.end - window.start).days == 3
    with dg.partition_loading_context(effective_dt=datetime(2024, 1, 2)):
        assert dg.DailyPartitionsDefinition("2024-01-01").get_last_partition_key() == "2024-01-01"


def test_calendars_with_holidays():
    market = dg.TimeWindowPartitionsDefinition(
        start=datetime(2024, 1, 1),
        end=datetime(2024, 1, 20),
        cron_schedule="0 0 * * 1-5",
        fmt="%Y-%m-%d",
        exclusions=[datetime(2024, 1, 1), datetime(2024, 1, 15)],
    )
    assert market.get_partition_keys()[0] == "2024-01-02"
    assert "2024-01-15" not in market.get_partition_keys()


def test_static_partitions():
    continents = dg.StaticPartitionsDefinition(["Africa", "Asia", "Europe"])

    @dg.asset(partitions_def=continents)
    def population(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    assert dg.materialize([population], partition_key="Asia").output_for_node("population") == "Asia"
    try:
        dg.materialize([population], partition_key="Atlantis")
    except dg.DagsterUnknownPartitionError:
        return
    raise AssertionError("unknown partition")


def test_dynamic_partitions():
    images = dg.DynamicPartitionsDefinition(name="images")

    @dg.asset(partitions_def=images)
    def image(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("images", ["a.png", "b.png"])
        assert images.get_partition_keys(dynamic_partitions_store=instance) == ["a.png", "b.png"]
        assert instance.has_dynamic_partition("images", "a.png")
        assert dg.materialize([image], partition_key="b.png", instance=instance).output_for_node("image") == "b.png"
        instance.delete_dynamic_partition("images", "a.png")
        assert instance.get_dynamic_partitions("images") == ["b.png"]


def test_two_dimensions():
    two = dg.MultiPartitionsDefinition({"date": daily, "color": dg.StaticPartitionsDefinition(["red", "blue"])})

    @dg.asset(partitions_def=two)
    def colors(context: dg.AssetExecutionContext) -> dict:
        return dict(context.partition_key.keys_by_dimension)

    key = dg.MultiPartitionKey({"date": "2024-01-05", "color": "red"})
    assert dg.materialize([colors], partition_key=key).output_for_node("colors") == {
        "date": "2024-01-05",
        "color": "red",
    }
    assert "red|2024-01-05" in two.get_partition_keys() and str(key) == "red|2024-01-05"
    assert len(two.get_partition_keys()) == 120


def test_mappings():
    @dg.asset(partitions_def=daily)
    def events() -> None: ...

    @dg.asset(
        partitions_def=daily,
        deps=[dg.AssetDep(events, partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))],
    )
    def yesterday() -> None: ...

    @dg.asset(
        partitions_def=dg.WeeklyPartitionsDefinition(start_date="2024-01-01"),
        io_manager_key="memory",
        ins={"events": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping())},
    )
    def weekly(context: dg.AssetExecutionContext, events) -> list:
        assert events == list(context.asset_partition_keys_for_input("events"))
        return events

    class Nothing(dg.IOManager):
        def handle_output(self, context, obj) -> None: ...

        def load_input(self, context):
            return list(context.asset_partition_keys)

    resources = {"io_manager": Nothing(), "memory": dg.mem_io_manager}
    result = dg.materialize(
        [events, weekly, yesterday], selection=[weekly], partition_key="2024-01-07", resources=resources
    )
    assert len(result.output_for_node("weekly")) == 7

    letters = dg.StaticPartitionsDefinition(["a", "b"])
    numbers = dg.StaticPartitionsDefinition(["1", "2"])
    for mapping in (
        dg.AllPartitionMapping(),
        dg.LastPartitionMapping(),
        dg.IdentityPartitionMapping(),
        dg.SpecificPartitionsPartitionMapping(["a"]),
        dg.StaticPartitionMapping({"a": "1", "b": "2"}),
    ):

        @dg.asset(partitions_def=letters)
        def up() -> None: ...

        @dg.asset(
            partitions_def=numbers if "Identity" not in type(mapping).__name__ else letters,
            deps=[dg.AssetDep("up", partition_mapping=mapping)],
        )
        def down() -> None: ...

        assert dg.materialize(
            [up, down], selection=[down], partition_key="a" if down.partitions_def == letters else "1"
        ).success


def test_mappings_between_dimensions():
    two = dg.MultiPartitionsDefinition({"date": daily, "color": dg.StaticPartitionsDefinition(["red", "blue"])})

    @dg.asset(partitions_def=two)
    def wide() -> None: ...

    @dg.asset(
        partitions_def=daily,
        deps=[
            dg.AssetDep(
                wide, partition_mapping=dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name="date")
            )
        ],
    )
    def narrow() -> None: ...

    @dg.asset(
        partitions_def=two,
        deps=[
            dg.AssetDep(
                wide,
                partition_mapping=dg.MultiPartitionMapping(
                    {
                        "date": dg.DimensionPartitionMapping("date", dg.TimeWindowPartitionMapping(start_offset=-1)),
                        "color": dg.DimensionPartitionMapping("color", dg.IdentityPartitionMapping()),
                    }
                ),
            )
        ],
    )
    def wide_again() -> None: ...

    assert dg.Definitions(assets=[wide, narrow, wide_again])
    assert dg.materialize([narrow, wide], selection=[narrow], partition_key="2024-01-03").success


def test_partitioned_jobs():
    @dg.daily_partitioned_config(start_date=datetime(2020, 1, 1), minute_offset=15)
    def by_day(start: datetime, _end: datetime):
        return {"ops": {"process": {"config": {"start": f"{start:%Y-%m-%d-%H:%M}", "end": f"{_end:%Y-%m-%d-%H:%M}"}}}}

    class Window(dg.Config):
        start: str
        end: str

    @dg.op
    def process(context: dg.OpExecutionContext, config: Window) -> str:
        return f"{config.start} {config.end}"

    @dg.job(config=by_day)
    def windowed():
        process()

    @dg.static_partitioned_config(partition_keys=["Africa", "Asia"])
    def by_continent(partition_key: str):
        return {"ops": {"process": {"config": {"start": partition_key, "end": "x"}}}}

    @dg.job(config=by_continent)
    def continental():
        process()

    config = by_day.get_run_config_for_partition_key("2020-01-01")
    assert config == {"ops": {"process": {"config": {"start": "2020-01-01-00:15", "end": "2020-01-02-00:15"}}}}
    assert by_day.get_partition_keys()[:2] == ["2020-01-01", "2020-01-02"]
    assert by_day(datetime(2020, 1, 3), datetime(2020, 1, 4))["ops"]["process"]["config"]["start"] == "2020-01-03-00:00"
    assert dg.validate_run_config(windowed, config)
    assert (
        windowed.execute_in_process(partition_key="2020-01-02").output_for_node("process")
        == "2020-01-02-00:15 2020-01-03-00:15"
    )
    assert continental.execute_in_process(partition_key="Asia").output_for_node("process") == "Asia x"


def test_jobs_of_partitioned_assets():
    hourly = dg.HourlyPartitionsDefinition(start_date="2022-05-31-00:00")

    @dg.asset(partitions_def=hourly)
    def by_hour(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    job = dg.define_asset_job("partitioned_job", selection=[by_hour], partitions_def=hourly)
    defs = dg.Definitions(assets=[by_hour], jobs=[job])
    resolved = defs.resolve_job_def("partitioned_job")
    assert resolved.partitions_def == hourly
    assert (
        resolved.execute_in_process(partition_key="2022-06-01-05:00").output_for_node("by_hour") == "2022-06-01-05:00"
    )


class Forgets(dg.IOManager):
    def handle_output(self, context, obj) -> None: ...

    def load_input(self, context): ...


def test_backfill_policies():
    @dg.asset(partitions_def=daily, backfill_policy=dg.BackfillPolicy.single_run())
    def in_one_run(context: dg.AssetExecutionContext) -> list:
        start, end = context.partition_time_window
        return [list(context.partition_keys), context.partition_key_range.start, str(start.date()), str(end.date())]

    result = dg.materialize(
        [in_one_run],
        tags={"dagster/asset_partition_range_start": "2024-01-01", "dagster/asset_partition_range_end": "2024-01-03"},
        resources={"io_manager": Forgets()},
    )
    found = result.asset_materializations_for_node("in_one_run")
    assert [event.partition for event in found] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert dg.BackfillPolicy.multi_run(max_partitions_per_run=5).max_partitions_per_run == 5


def test_assets_that_depend_on_themselves():
    @dg.asset(
        partitions_def=daily,
        deps=[
            dg.AssetDep(
                "running_total", partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
            )
        ],
    )
    def running_total() -> None: ...

    assert dg.materialize([running_total], partition_key="2024-01-05").success


def test_config_for_partitions_of_any_kind():
    two = dg.MultiPartitionsDefinition(
        {"a": dg.StaticPartitionsDefinition(["1"]), "b": dg.StaticPartitionsDefinition(["x"])}
    )

    @dg.partitioned_config(partitions_def=two, tags_for_partition_key_fn=lambda key: {"key": key})
    def by_both(partition_key: str):
        return {"ops": {"show": {"config": {"key": partition_key}}}}

    @dg.op(config_schema={"key": str})
    def show(context) -> str:
        return context.op_config["key"]

    @dg.job(config=by_both)
    def both():
        show()

    result = both.execute_in_process(partition_key="1|x")
    assert result.output_for_node("show") == "1|x" == result.dagster_run.tags["key"]
