"""Schedules: what they ask for at a due time."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

import headrace as dg
from headrace import DefaultScheduleStatus, RunConfig, RunRequest, ScheduleDefinition, SkipReason, job, op, schedule
from headrace.errors import (
    InvalidCronError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    ScheduleEvaluationError,
    UnknownResourceError,
)

NOON = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)


@op
def work(): ...


@job
def daily():
    work()


def tick(definition: ScheduleDefinition, **arguments):
    return definition.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=NOON, **arguments))


def test_a_job_and_a_cron_string_make_a_schedule() -> None:
    definition = ScheduleDefinition(job=daily, cron_schedule="@daily")
    assert (definition.name, definition.job_name, definition.time_zone) == ("daily_schedule", "daily", "UTC")
    assert (definition.cron_schedules, definition.default_status) == (["@daily"], DefaultScheduleStatus.STOPPED)
    assert tick(definition).run_requests == [RunRequest(job_name="daily")]


def test_run_config_and_tags_reach_the_run() -> None:
    definition = ScheduleDefinition(
        job=daily, cron_schedule="@daily", run_config=RunConfig(ops={"work": {"config": 1}}), tags={"a": "b", "n": 1}
    )
    (request,) = tick(definition).run_requests
    assert (request.run_config, request.tags) == ({"ops": {"work": {"config": 1}}}, {"a": "b", "n": "1"})


def test_functions_make_run_config_tags_and_the_decision() -> None:
    definition = ScheduleDefinition(
        job=daily,
        cron_schedule="@daily",
        run_config_fn=lambda context: {"ops": {"at": context.scheduled_execution_time.hour}},
        tags_fn=lambda context: {"hour": str(context.scheduled_execution_time.hour)},
        should_execute=lambda context: context.scheduled_execution_time.hour == 12,
    )
    (request,) = tick(definition).run_requests
    assert (request.run_config, request.tags) == ({"ops": {"at": 12}}, {"hour": "12"})

    later = dg.build_schedule_context(scheduled_execution_time=NOON.replace(hour=13))
    skipped = definition.evaluate_tick(later)
    assert (skipped.run_requests, skipped.skip_message) == (
        [],
        "should_execute function for daily_schedule returned false.",
    )


@pytest.mark.parametrize(
    ("result", "requests", "skip_message"),
    [
        (RunRequest(run_key="k"), ["k"], None),
        ([RunRequest(run_key="a"), RunRequest(run_key="b")], ["a", "b"], None),
        (SkipReason("not today"), [], "not today"),
        (None, [], None),
        ([], [], None),
        ({"ops": {}}, [None], None),
        (RunConfig(), [None], None),
    ],
)
def test_what_a_function_may_return(result, requests, skip_message) -> None:
    @schedule(job=daily, cron_schedule="@daily")
    def decided():
        return result

    data = tick(decided)
    assert ([request.run_key for request in data.run_requests], data.skip_message) == (requests, skip_message)


def test_a_function_may_yield() -> None:
    @schedule(job=daily, cron_schedule="@daily", tags={"from": "decorator"})
    def decided(context):
        for number in range(3):
            yield RunRequest(run_key=f"{context.scheduled_execution_time:%Y-%m-%d}-{number}", tags={"n": str(number)})

    data = tick(decided)
    assert [request.run_key for request in data.run_requests] == ["2024-05-01-0", "2024-05-01-1", "2024-05-01-2"]
    assert data.run_requests[1].tags == {"n": "1"}


def test_the_tags_of_a_schedule_are_those_of_runs_that_no_run_request_describes() -> None:
    @schedule(job=daily, cron_schedule="@daily", tags={"from": "decorator"})
    def config_only():
        return {"ops": {}}

    without_function = ScheduleDefinition("s", job=daily, cron_schedule="@daily", tags={"from": "definition"})
    assert tick(config_only).run_requests[0].tags == {"from": "decorator"}
    assert tick(without_function).run_requests[0].tags == {"from": "definition"}


def test_the_run_of_a_schedule_without_functions_is_known_beforehand() -> None:
    fixed = ScheduleDefinition("s", job=daily, cron_schedule="@daily", run_config={"ops": {}}, tags={"a": "b"})
    assert fixed.fixed_request == RunRequest(job_name="daily", run_config={"ops": {}}, tags={"a": "b"})
    for function in ("execution_fn", "run_config_fn", "tags_fn", "should_execute"):
        decided = ScheduleDefinition("s", job=daily, cron_schedule="@daily", **{function: lambda _context: {}})
        assert decided.fixed_request is None


def test_several_runs_need_keys() -> None:
    @schedule(job=daily, cron_schedule="@daily")
    def decided():
        return [RunRequest(), RunRequest()]

    with pytest.raises(InvariantViolationError, match="each of them needs a run_key"):
        tick(decided)


@pytest.mark.parametrize("result", [[RunRequest(), SkipReason("x")], [SkipReason("x"), SkipReason("y")], 5])
def test_what_makes_no_decision_is_refused(result) -> None:
    @schedule(job=daily, cron_schedule="@daily")
    def decided():
        return result

    with pytest.raises(InvariantViolationError, match="it may give RunRequests or one SkipReason"):
        tick(decided)


def test_an_error_of_the_function_is_told_with_its_cause() -> None:
    @schedule(job=daily, cron_schedule="@daily")
    def decided():
        raise KeyError("boom")

    with pytest.raises(ScheduleEvaluationError, match=r"Schedule 'decided' raised KeyError\('boom'\)") as raised:
        tick(decided)
    assert isinstance(raised.value.user_exception, KeyError)


def test_resources_come_as_parameters_or_in_the_context() -> None:
    log = []

    class Client(dg.ConfigurableResource):
        url: str

        def teardown_after_execution(self, context):
            log.append("closed")

    @schedule(job=daily, cron_schedule="@daily", required_resource_keys={"other"})
    def decided(context, client: Client):
        return RunRequest(run_key=f"{client.url} {context.resources.other}")

    assert decided.required_resource_keys == {"client", "other"}
    with dg.build_schedule_context(resources={"client": Client(url="u"), "other": "o"}) as context:
        assert decided.evaluate_tick(context).run_requests[0].run_key == "u o"
        assert log == []
    assert log == ["closed"]
    with pytest.raises(UnknownResourceError, match="'client' required by schedule 'decided' was not provided"):
        tick(decided)


def test_it_is_called_like_its_function() -> None:
    @schedule(job=daily, cron_schedule="@daily")
    def decided(context):
        return RunRequest(run_key=str(context.scheduled_execution_time.year))

    @schedule(job=daily, cron_schedule="@daily")
    def without():
        return SkipReason("x")

    assert decided(dg.build_schedule_context(scheduled_execution_time=NOON)).run_key == "2024"
    assert without() == SkipReason("x")
    with pytest.raises(InvalidInvocationError, match="takes a ScheduleEvaluationContext, not 5"):
        decided(5)
    with pytest.raises(InvalidInvocationError, match="expected context argument, but no context argument was provided"):
        decided()
    with pytest.raises(InvalidInvocationError, match="expected argument 'context'"):
        decided(contxt=dg.build_schedule_context())


def test_the_target_may_be_assets_or_a_selection() -> None:
    @dg.asset
    def a(): ...

    by_assets = ScheduleDefinition("s", target=[a], cron_schedule="@daily")
    by_text = ScheduleDefinition("t", target="*", cron_schedule="@daily")
    assert by_assets.job_name == "__anonymous_asset_job_s"
    assert by_assets.target.assets_defs == [a]
    assert by_text.has_job
    with pytest.raises(InvalidDefinitionError, match="with assets as its target it needs a name"):
        ScheduleDefinition(target=[a], cron_schedule="@daily")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"cron_schedule": "* * *"}, InvalidCronError, "has 3 fields"),
        ({"cron_schedule": []}, InvalidDefinitionError, "empty list"),
        ({"cron_schedule": ["@daily", "x"]}, InvalidCronError, "has 1 fields"),
        ({"execution_timezone": "Nowhere"}, InvalidCronError, "There is no time zone 'Nowhere'"),
        ({"job": None}, InvalidDefinitionError, "has nothing to run: give job, job_name or target"),
        ({"job_name": "other"}, InvalidDefinitionError, "give only one of job, job_name"),
        ({"tags": {}, "tags_fn": dict}, InvalidDefinitionError, "give only one of tags, tags_fn"),
        ({"tags": {"a": object()}}, InvalidDefinitionError, "neither a string, nor can it be made one"),
        ({"name": "a b"}, InvalidDefinitionError, "is not a valid name"),
        ({"job": 5}, InvalidDefinitionError, "5 is no job"),
        ({"run_config_fn": lambda a, b: {}}, InvalidDefinitionError, "its function takes 'a', 'b'"),
    ],
)
def test_what_cannot_be_is_refused(arguments, error, message) -> None:
    with pytest.raises(error) as raised:
        ScheduleDefinition(**{"name": "s", "job": daily, "cron_schedule": "@daily", **arguments})
    assert message in str(raised.value)


def test_another_job_can_be_put_in_its_place() -> None:
    @job
    def other():
        work()

    definition = ScheduleDefinition("s", job=daily, cron_schedule="@daily").with_updated_job(other)
    assert (definition.job_name, definition.job) == ("other", other)
