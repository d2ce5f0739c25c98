"""Schedules."""

from datetime import datetime

import dagster as dg


class Dated(dg.Config):
    scheduled_date: str = "never"


@dg.asset(group_name="some_group")
def dated(context: dg.AssetExecutionContext, config: Dated) -> str:
    return config.scheduled_date


@dg.op
def count() -> int:
    return 1


@dg.job
def counting():
    count()


CONTINENTS = ["Africa", "Antarctica", "Asia"]


@dg.static_partitioned_config(partition_keys=CONTINENTS)
def by_continent(partition_key: str):
    return {}


@dg.job(config=by_continent)
def continental():
    count()


@dg.schedule(target=dated, cron_schedule="0 0 * * *")
def with_config(context: dg.ScheduleEvaluationContext):
    date = context.scheduled_execution_time.strftime("%Y-%m-%d")
    return dg.RunRequest(
        run_key=None,
        run_config={"ops": {"dated": {"config": {"scheduled_date": date}}}},
        tags={"date": date},
    )


def test_targets():
    schedules = [
        dg.ScheduleDefinition(name="everything", cron_schedule="0 0 * * *", target="*"),
        dg.ScheduleDefinition(name="a_group", cron_schedule="@daily", target=dg.AssetSelection.groups("some_group")),
        dg.ScheduleDefinition(job=counting, cron_schedule=["0 5 * * 1-5", "0 9 * * 0"]),
        dg.ScheduleDefinition(name="by_name", job_name="counting", cron_schedule="0 1 * * *"),
        dg.ScheduleDefinition(
            name="in_time_zone",
            target=[dated],
            cron_schedule="0 9 * * *",
            execution_timezone="America/Los_Angeles",
            default_status=dg.DefaultScheduleStatus.RUNNING,
            run_config=dg.RunConfig(ops={"dated": Dated(scheduled_date="fixed")}),
            tags={"a": "b"},
            description="In the morning",
        ),
    ]
    defs = dg.Definitions(assets=[dated], jobs=[counting], schedules=schedules)
    assert defs.resolve_schedule_def("counting_schedule").cron_schedule == ["0 5 * * 1-5", "0 9 * * 0"]
    zoned = defs.resolve_schedule_def("in_time_zone")
    assert (zoned.execution_timezone, zoned.default_status) == ("America/Los_Angeles", dg.DefaultScheduleStatus.RUNNING)
    dg.Definitions.validate_loadable(defs)


def test_config_from_the_time():
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2020, 1, 1))
    request = with_config(context)
    assert request.run_config["ops"]["dated"]["config"]["scheduled_date"] == "2020-01-01"
    assert request.tags == {"date": "2020-01-01"}
    job = dg.define_asset_job("dated_job", [dated])
    resolved = dg.Definitions(assets=[dated], jobs=[job]).resolve_job_def("dated_job")
    assert dg.validate_run_config(resolved, request.run_config)


def test_skipping():
    @dg.schedule(job=counting, cron_schedule="* * * * *")
    def logs_then_skips(context: dg.ScheduleEvaluationContext):
        context.log.info("Logging from a schedule!")
        return dg.SkipReason("Nothing to do")

    assert logs_then_skips(dg.build_schedule_context()).skip_message == "Nothing to do"

    @dg.schedule(job=counting, cron_schedule="* * * * *", should_execute=lambda context: False)
    def never():
        return {}

    data = never.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=datetime(2020, 1, 1)))
    assert data.run_requests == [] and data.skip_message


def test_requests_of_several_kinds():
    @dg.schedule(job=counting, cron_schedule="0 0 * * *")
    def several():
        yield dg.RunRequest(run_key="a")
        yield dg.RunRequest(run_key="b", tags={"x": "y"})

    @dg.schedule(job=counting, cron_schedule="0 0 * * *")
    def config_only():
        return {}

    context = dg.build_schedule_context(scheduled_execution_time=datetime(2020, 1, 1))
    assert [each.run_key for each in several.evaluate_tick(context).run_requests] == ["a", "b"]
    assert len(config_only.evaluate_tick(context).run_requests) == 1


def test_partitioned_jobs():
    @dg.daily_partitioned_config(start_date="2020-01-01")
    def by_day(start, end):
        return {}

    @dg.job(config=by_day)
    def daily_job():
        count()

    schedule = dg.build_schedule_from_partitioned_job(daily_job, hour_of_day=3, minute_of_hour=15)
    assert (schedule.name, schedule.cron_schedule) == ("daily_job_schedule", "15 3 * * *")
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2020, 1, 5, 3, 15))
    request = schedule.evaluate_tick(context).run_requests[0]
    assert request.partition_key == "2020-01-04"

    @dg.asset(partitions_def=dg.HourlyPartitionsDefinition(start_date="2020-01-01-00:00"))
    def hourly_asset() -> None: ...

    job = dg.define_asset_job("hourly_job", selection=[hourly_asset])
    unresolved = dg.build_schedule_from_partitioned_job(job)
    defs = dg.Definitions(assets=[hourly_asset], jobs=[job], schedules=[unresolved])
    assert defs.resolve_schedule_def("hourly_job_schedule").cron_schedule == "0 * * * *"


def test_chosen_partitions():
    @dg.schedule(cron_schedule="0 0 * * *", job=continental)
    def every_continent():
        for continent in CONTINENTS:
            yield dg.RunRequest(run_key=continent, partition_key=continent)

    @dg.schedule(cron_schedule="0 0 * * *", job=continental)
    def antarctica():
        return dg.RunRequest(partition_key="Antarctica")

    repository = dg.Definitions(jobs=[continental], schedules=[every_continent, antarctica]).get_repository_def()
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2020, 1, 1), repository_def=repository)
    assert [each.partition_key for each in every_continent.evaluate_tick(context).run_requests] == CONTINENTS
    assert antarctica.evaluate_tick(context).run_requests[0].partition_key == "Antarctica"


def test_the_whole_of_a_wrong_schedule():
    for wrong in ("not a cron", "0 0 * *", "99 * * * *"):
        try:
            dg.ScheduleDefinition(name="wrong", job=counting, cron_schedule=wrong)
        except dg.DagsterInvalidDefinitionError:
            continue
        raise AssertionError(wrong)
