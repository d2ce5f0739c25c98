"""Run status sensors, failure sensors, alerts."""

import dagster as dg

alerts: list[str] = []


@dg.op
def fails():
    raise Exception("failure!")


@dg.op
def succeeds() -> int:
    return 1


@dg.job
def failing():
    fails()


@dg.job
def succeeding():
    succeeds()


@dg.run_failure_sensor
def alert_on_failure(context: dg.RunFailureSensorContext):
    alerts.append(f'Job "{context.dagster_run.job_name}" failed. Error: {context.failure_event.message}')


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS)
def alert_on_success(context: dg.RunStatusSensorContext):
    alerts.append(f'Job "{context.dagster_run.job_name}" succeeded.')


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, request_job=succeeding, monitored_jobs=[failing])
def report_sensor(context: dg.RunStatusSensorContext):
    if context.dagster_run.job_name == succeeding.name:
        return dg.SkipReason("Don't report on itself")
    return dg.RunRequest(run_key=None, run_config={})


def test_a_failure():
    instance = dg.DagsterInstance.ephemeral()
    result = failing.execute_in_process(instance=instance, raise_on_error=False)
    context = dg.build_run_status_sensor_context(
        sensor_name="alert_on_failure",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
    ).for_run_failure()
    alert_on_failure(context)
    assert alerts[-1].startswith('Job "failing" failed. Error: ')
    assert [event.step_key for event in context.get_step_failure_events()] == ["fails"]


def test_a_success():
    instance = dg.DagsterInstance.ephemeral()
    result = succeeding.execute_in_process(instance=instance)
    context = dg.build_run_status_sensor_context(
        sensor_name="alert_on_success",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_success_event(),
    )
    alert_on_success(context)
    assert alerts[-1] == 'Job "succeeding" succeeded.'
    assert isinstance(report_sensor(context), dg.SkipReason)


def test_what_they_watch():
    @dg.run_status_sensor(
        monitored_jobs=[dg.CodeLocationSelector(location_name="defs")], run_status=dg.DagsterRunStatus.SUCCESS
    )
    def location_sensor(): ...

    @dg.run_failure_sensor(
        monitored_jobs=[dg.JobSelector(location_name="defs", repository_name="code_location_a", job_name="data_update")]
    )
    def job_sensor(): ...

    @dg.run_status_sensor(monitor_all_code_locations=True, run_status=dg.DagsterRunStatus.STARTED)
    def everywhere(): ...

    @dg.run_failure_sensor(name="named", minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
    def unnamed(context): ...

    defs = dg.Definitions(
        jobs=[failing, succeeding], sensors=[location_sensor, job_sensor, everywhere, unnamed, report_sensor]
    )
    dg.Definitions.validate_loadable(defs)
    assert unnamed.name == "named"


def test_resources_in_them():
    class Slack(dg.ConfigurableResource):
        channel: str

        def post(self, text: str) -> None:
            alerts.append(f"{self.channel}: {text}")

    @dg.run_failure_sensor
    def to_slack(context: dg.RunFailureSensorContext, slack: Slack):
        slack.post(context.failure_event.message)

    instance = dg.DagsterInstance.ephemeral()
    result = failing.execute_in_process(instance=instance, raise_on_error=False)
    context = dg.build_run_status_sensor_context(
        sensor_name="to_slack",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
        resources={"slack": Slack(channel="#alerts")},
    ).for_run_failure()
    to_slack(context)
    assert alerts[-1].startswith("#alerts: ")


def test_by_email():
    sensor = dg.make_email_on_run_failure_sensor(
        email_from="no-reply@example.com",
        email_password="secret",
        email_to=["xxx@example.com"],
        monitored_jobs=[failing],
    )
    dg.Definitions.validate_loadable(dg.Definitions(jobs=[failing], sensors=[sensor]))
