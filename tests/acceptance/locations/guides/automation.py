"""Schedules, sensors and conditions, as the guides write them."""

import json

import dagster as dg


class Told(dg.Config):
    by: str = "nobody"


@dg.op
def tell(context, config: Told):
    context.log.info("told by %s", config.by)


@dg.job
def told():
    tell()


@dg.op
def break_down():
    raise ValueError("as it should")


@dg.job
def broken():
    break_down()


class Clock(dg.ConfigurableResource):
    zone: str = "UTC"


# Schedules

plain = dg.ScheduleDefinition(
    job=told,
    cron_schedule="0 0 * * *",
    name="plain",
    run_config={"ops": {"tell": {"config": {"by": "plain"}}}},
    tags={"from": "plain"},
    execution_timezone="Europe/Berlin",
)
several = dg.ScheduleDefinition(name="several", target=told, cron_schedule=["0 1 * * *", "30 2 * * 1-5"])


@dg.schedule(job=told, cron_schedule="*/10 * * * *", default_status=dg.DefaultScheduleStatus.STOPPED)
def decorated(context: dg.ScheduleEvaluationContext, clock: Clock):
    day = context.scheduled_execution_time.strftime("%Y")
    return dg.RunRequest(
        run_key=None, run_config=dg.RunConfig(ops={"tell": Told(by=f"{clock.zone}-{day}")}), tags={"from": "decorated"}
    )


@dg.schedule(target=told, cron_schedule="0 5 * * *")
def two_at_once(context):
    context.log.info("two of them")
    yield dg.RunRequest(run_key="a", tags={"from": "two"})
    yield dg.RunRequest(run_key="b", tags={"from": "two"})


@dg.schedule(job=told, cron_schedule="0 5 * * *")
def never():
    return dg.SkipReason("not today")


@dg.schedule(job=told, cron_schedule="0 6 * * *", should_execute=lambda _context: False)
def not_now():
    return {}


@dg.schedule(job=told, cron_schedule="0 6 * * *")
def fails(context):
    raise RuntimeError("the calendar is gone")


# Sensors


@dg.sensor(job=told, minimum_interval_seconds=3600)
def once(context: dg.SensorEvaluationContext, clock: Clock):
    seen = int(context.cursor or 0)
    context.update_cursor(str(seen + 1))
    if seen:
        yield dg.SkipReason(f"seen {seen}")
        return
    yield dg.RunRequest(
        run_key="only", run_config={"ops": {"tell": {"config": {"by": clock.zone}}}}, tags={"from": "once"}
    )


customers = dg.DynamicPartitionsDefinition(name="guide_customers")


@dg.asset(partitions_def=customers)
def customer(context):
    return context.partition_key


customer_job = dg.define_asset_job("customer_job", selection=[customer])


@dg.sensor(job=customer_job, minimum_interval_seconds=3600)
def new_customers(context):
    known = context.instance.get_dynamic_partitions("guide_customers")
    fresh = [name for name in ("ann", "bob") if name not in known]
    if not fresh:
        return dg.SensorResult(skip_reason="nobody new", cursor="2")
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(run_key=f"c-{name}", partition_key=name, tags={"from": "new_customers"}) for name in fresh
        ],
        dynamic_partitions_requests=[customers.build_add_request(fresh)],
        cursor="1",
    )


@dg.sensor(minimum_interval_seconds=3600)
def reports(context):
    return dg.SensorResult(
        asset_events=[
            dg.AssetMaterialization("outside", metadata={"rows": 5}),
            dg.AssetObservation("outside", metadata={"rows": 6}),
            dg.AssetCheckEvaluation(asset_key=dg.AssetKey("outside"), check_name="ok", passed=True, metadata={}),
        ]
    )


outside = dg.AssetSpec("outside")


@dg.asset_check(asset="outside")
def ok():
    return dg.AssetCheckResult(passed=True)


@dg.asset_sensor(asset_key=dg.AssetKey("outside"), job=told, minimum_interval_seconds=3600)
def on_outside(context, asset_event: dg.EventLogEntry):
    rows = (
        asset_event.dagster_event.materialization.metadata["rows"].value
        if hasattr(asset_event.dagster_event, "materialization")
        else asset_event.asset_materialization.metadata["rows"].value
    )
    yield dg.RunRequest(
        run_key=context.cursor,
        run_config={"ops": {"tell": {"config": {"by": f"rows={rows}"}}}},
        tags={"from": "on_outside"},
    )


@dg.asset
def source_a():
    return 1


@dg.asset
def source_b():
    return 2


@dg.multi_asset_sensor(
    monitored_assets=[dg.AssetKey("source_a"), dg.AssetKey("source_b")], job=told, minimum_interval_seconds=3600
)
def on_both(context: dg.MultiAssetSensorEvaluationContext):
    records = context.latest_materialization_records_by_key()
    if all(records.values()):
        context.advance_all_cursors()
        return dg.RunRequest(run_key="both", tags={"from": "on_both"})
    return dg.SkipReason("waiting for " + ", ".join(sorted(k.to_user_string() for k, v in records.items() if not v)))


@dg.sensor(target=[source_a, source_b], minimum_interval_seconds=3600)
def stale_sources():
    return dg.RunRequest(stale_assets_only=True)


@dg.job
def alarm():
    tell()


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[told],
    request_job=alarm,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def after_told(context: dg.RunStatusSensorContext):
    if context.dagster_run.tags.get("from") != "once":
        return dg.SkipReason("only after once")
    return dg.RunRequest(
        run_key=context.dagster_run.run_id,
        run_config={"ops": {"tell": {"config": {"by": context.dagster_run.job_name}}}},
        tags={"from": "after_told"},
    )


@dg.run_failure_sensor(monitored_jobs=[broken], request_job=alarm, default_status=dg.DefaultSensorStatus.RUNNING)
def after_broken(context: dg.RunFailureSensorContext):
    events = context.get_step_failure_events()
    message = context.failure_event.message
    return dg.RunRequest(
        run_key=None,
        run_config={"ops": {"tell": {"config": {"by": f"{len(events)} {events[0].step_key}"}}}},
        tags={"from": "after_broken", "message": json.dumps(bool(message))},
    )


# Conditions


@dg.asset
def upstream():
    return 1


@dg.asset(deps=[upstream], automation_condition=dg.AutomationCondition.eager())
def downstream():
    return 2


@dg.asset(
    deps=[downstream],
    automation_condition=dg.AutomationCondition.any_deps_updated() & ~dg.AutomationCondition.in_progress(),
)
def furthest(context):
    return 3


@dg.asset(automation_condition=dg.AutomationCondition.on_cron("0 0 1 1 *"))
def yearly():
    return 4


@dg.asset(
    automation_condition=dg.AutomationCondition.on_missing() | dg.AutomationCondition.code_version_changed(),
    code_version="1",
)
def once_missing():
    return 5


conditions = dg.AutomationConditionSensorDefinition(
    "conditions",
    target=dg.AssetSelection.assets("upstream", "downstream", "furthest", "yearly", "once_missing"),
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=1,
    run_tags={"from": "conditions"},
)

defs = dg.Definitions(
    assets=[outside, customer, source_a, source_b, upstream, downstream, furthest, yearly, once_missing],
    asset_checks=[ok],
    jobs=[told, broken, alarm, customer_job],
    schedules=[plain, several, decorated, two_at_once, never, not_now, fails],
    sensors=[once, new_customers, reports, on_outside, on_both, stale_sources, after_told, after_broken, conditions],
    resources={"clock": Clock(zone="Mars")},
)
