"""Sensors: what they ask for and remember."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace import RunRequest, SensorDefinition, SensorResult, SkipReason, build_sensor_context, job, op, sensor
from headrace.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    SensorEvaluationError,
)


@op
def work(): ...


@job
def first():
    work()


@job
def second():
    work()


def test_defaults() -> None:
    @sensor(job=first)
    def watching():
        """Watches."""

    assert (watching.name, watching.job_name, watching.minimum_interval_seconds) == ("watching", "first", 30)
    assert (watching.default_status, watching.description) == (dg.DefaultSensorStatus.STOPPED, "Watches.")


@pytest.mark.parametrize(
    ("result", "requests", "skip_message"),
    [
        (RunRequest(run_key="k"), ["k"], None),
        ([RunRequest("a"), RunRequest("b")], ["a", "b"], None),
        (SkipReason("nothing new"), [], "nothing new"),
        (None, [], None),
        (SensorResult(run_requests=[RunRequest("r")]), ["r"], None),
        (SensorResult(skip_reason="later"), [], "later"),
        (SensorResult(skip_reason=SkipReason("later")), [], "later"),
    ],
)
def test_what_a_function_may_return(result, requests, skip_message) -> None:
    @sensor(job=first)
    def watching():
        return result

    data = watching.evaluate_tick(build_sensor_context())
    assert [request.run_key for request in data.run_requests] == requests
    assert data.skip_message == skip_message
    assert {request.job_name for request in data.run_requests} <= {"first"}


def test_a_function_may_yield() -> None:
    @sensor(job=first)
    def watching(context):
        for name in ("a", "b"):
            yield RunRequest(run_key=name)

    assert [each.run_key for each in watching.evaluate_tick(build_sensor_context()).run_requests] == ["a", "b"]


def test_the_cursor_is_remembered_until_it_is_changed() -> None:
    @sensor(job=first)
    def counting(context):
        number = int(context.cursor or 0) + 1
        if number > 1:
            context.update_cursor(str(number))

    assert counting.evaluate_tick(build_sensor_context(cursor=None)).cursor is None
    assert counting.evaluate_tick(build_sensor_context(cursor="0")).cursor == "0"
    assert counting.evaluate_tick(build_sensor_context(cursor="4")).cursor == "5"


def test_a_cursor_is_text() -> None:
    @sensor(job=first)
    def counting(context):
        context.update_cursor(5)

    with pytest.raises(InvalidInvocationError, match="must be a str or None, not 5 of type int"):
        counting.evaluate_tick(build_sensor_context())


def test_a_result_may_carry_the_cursor_but_not_set_it_twice() -> None:
    @sensor(job=first)
    def carrying(context):
        return SensorResult(cursor="new")

    @sensor(job=first)
    def twice(context):
        context.update_cursor("a")
        return SensorResult(cursor="b")

    assert carrying.evaluate_tick(build_sensor_context(cursor="old")).cursor == "new"
    with pytest.raises(InvariantViolationError, match="set its cursor twice"):
        twice.evaluate_tick(build_sensor_context())


def test_of_several_jobs_each_request_names_one() -> None:
    @sensor(jobs=[first, second])
    def choosing(context):
        return RunRequest(job_name=context.cursor)

    assert list(choosing.job_names) == ["first", "second"]
    (request,) = choosing.evaluate_tick(build_sensor_context(cursor="second")).run_requests
    assert request.job_name == "second"
    for cursor in ("third", None):
        with pytest.raises(InvariantViolationError, match="job_name must be one of 'first', 'second'"):
            choosing.evaluate_tick(build_sensor_context(cursor=cursor))


def test_without_anything_to_run_a_request_is_refused() -> None:
    @sensor()
    def lonely():
        return RunRequest()

    with pytest.raises(InvariantViolationError, match="has nothing to run"):
        lonely.evaluate_tick(build_sensor_context())


def test_targets_of_every_kind() -> None:
    @dg.asset
    def a(): ...

    def of(**arguments) -> list[str]:
        return list(SensorDefinition("s", evaluation_fn=lambda context: None, **arguments).job_names)

    assert of(job_name="named") == ["named"]
    assert of(target=first) == ["first"]
    assert of(target=[first, second]) == ["first", "second"]
    assert (
        of(target=[a]) == of(asset_selection="*") == of(target=dg.AssetSelection.all()) == ["__anonymous_asset_job_s"]
    )
    with pytest.raises(InvalidDefinitionError, match="give only one of job, job_name"):
        of(job=first, job_name="x")


def test_an_error_of_the_function_is_told_with_its_cause() -> None:
    @sensor(job=first)
    def failing():
        yield RunRequest("a")
        raise ValueError("boom")

    with pytest.raises(SensorEvaluationError, match="Sensor 'failing' raised ValueError") as raised:
        failing.evaluate_tick(build_sensor_context())
    assert isinstance(raised.value.user_exception, ValueError)


def test_results_beside_a_sensor_result_are_refused() -> None:
    @sensor(job=first)
    def both():
        yield SensorResult()
        yield RunRequest("a")

    with pytest.raises(InvariantViolationError, match="must be the only object returned"):
        both.evaluate_tick(build_sensor_context())
    with pytest.raises(InvariantViolationError, match="either run_requests or a skip_reason"):
        SensorResult(run_requests=[RunRequest()], skip_reason="x")


def test_resources_come_as_parameters_under_any_name_of_the_context() -> None:
    @sensor(job=first)
    def watching(ctx, api: dg.ResourceParam[str]):
        return RunRequest(run_key=api + (ctx.cursor or ""))

    context = build_sensor_context(cursor="!", resources={"api": "hello"})
    assert watching.evaluate_tick(context).run_requests[0].run_key == "hello!"
    assert watching(build_sensor_context(), api="direct").run_key == "direct"


def test_the_context_knows_whether_the_sensor_was_just_switched_on() -> None:
    assert build_sensor_context(last_sensor_start_time=5.0).is_first_tick_since_sensor_start
    assert not build_sensor_context().is_first_tick_since_sensor_start
    later = dg.SensorEvaluationContext(last_sensor_start_time=5.0, last_tick_completion_time=6.0, last_run_key="k")
    assert not later.is_first_tick_since_sensor_start
    assert (later.last_completion_time, later.last_run_key) == (6.0, "k")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"minimum_interval_seconds": -1}, "minimum_interval_seconds must be 0 or more, not -1"),
        ({"minimum_interval_seconds": "5"}, "must be 0 or more, not '5'"),
        ({"name": "a-b"}, "'a-b' is not a valid name"),
        ({"job": work}, "is no job"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message) -> None:
    with pytest.raises(InvalidDefinitionError) as raised:
        sensor(**{"name": "s", **arguments})(lambda context: None)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"run_key": 5}, "run_key is a string, not 5"),
        ({"tags": {"a": object()}}, "neither a string, nor can it be made one"),
    ],
)
def test_a_bad_request_is_refused_where_it_is_made(arguments, message) -> None:
    with pytest.raises(InvalidDefinitionError) as raised:
        RunRequest(**arguments)
    assert message in str(raised.value)


def test_a_request_takes_assets_by_any_name_and_config_in_any_form() -> None:
    @dg.asset
    def a(): ...

    request = RunRequest(asset_selection=[a, "b", ["c", "d"]], run_config=dg.RunConfig(ops={"x": {"config": 1}}))
    assert request.asset_selection == [dg.AssetKey("a"), dg.AssetKey("b"), dg.AssetKey(["c", "d"])]
    assert request.run_config == {"ops": {"x": {"config": 1}}}
    assert request.with_replaced_attrs(run_key="k").run_key == "k"
