"""`Definitions`: unique names, everything named is there, resources are provided."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace import AssetSelection, AssetSpec, Definitions, asset, define_asset_job, job, op
from headrace.errors import DuplicateDefinitionError, InvalidDefinitionError, UnknownNameError, UnknownResourceError


@op
def work(): ...


@job
def daily():
    work()


@asset
def a(): ...


@asset
def b(a): ...


def another(kind, name: str):
    if kind is job:

        @job(name=name)
        def other_job():
            work()

        return other_job
    return dg.ScheduleDefinition(name, job=daily, cron_schedule="@daily")


def test_jobs_are_found_by_name_with_the_implicit_one_for_assets() -> None:
    defs = Definitions(assets=[a, b], jobs=[daily, define_asset_job("all_assets")])

    assert list(defs.resolve_job_names()) == ["daily", "all_assets", "__ASSET_JOB"]
    assert defs.resolve_job("daily").graph is daily.graph
    assert set(defs.resolve_job_def("all_assets").graph.nodes) == {"a", "b"}
    assert set(defs.resolve_implicit_global_asset_job_def().graph.nodes) == {"a", "b"}
    assert [each.name for each in defs.resolve_all_job_defs()] == ["daily", "all_assets", "__ASSET_JOB"]


def test_without_assets_there_is_no_asset_job() -> None:
    assert list(Definitions(jobs=[daily]).resolve_job_names()) == ["daily"]
    assert list(Definitions(assets=[AssetSpec("x")]).resolve_job_names()) == []


def test_unknown_names_are_answered_with_the_nearest_ones() -> None:
    with pytest.raises(UnknownNameError, match="There is no job 'daly'; did you mean 'daily'?"):
        Definitions(jobs=[daily]).resolve_job("daly")
    with pytest.raises(UnknownNameError, match="There is no sensor 'x'; there are: none."):
        Definitions().resolve_sensor("x")


def test_two_jobs_of_one_name_are_refused_with_both_places() -> None:
    with pytest.raises(DuplicateDefinitionError, match="Duplicate job definition found for job 'daily'") as raised:
        Definitions(jobs=[daily, another(job, "daily")]).resolve_job_names()
    assert str(raised.value).count("test_definitions.py:") == 2


def test_a_schedule_and_a_sensor_of_one_name_are_refused() -> None:
    @dg.sensor(job=daily)
    def same(): ...

    defs = Definitions(schedules=[another(None, "same")], sensors=[same])
    with pytest.raises(
        DuplicateDefinitionError, match="Duplicate schedule or sensor definition found for schedule or sensor 'same'"
    ) as raised:
        defs.resolve_schedules()
    assert str(raised.value).count("test_definitions.py:") == 2


def test_the_same_job_in_several_places_is_one_job() -> None:
    defs = Definitions(jobs=[daily, daily], schedules=[dg.ScheduleDefinition("s", job=daily, cron_schedule="@daily")])
    assert list(defs.resolve_job_names()) == ["daily"]


def test_jobs_and_assets_that_only_a_schedule_holds_are_there_too() -> None:
    schedule = dg.ScheduleDefinition("s", target=[a, b], cron_schedule="@daily")
    defs = Definitions(schedules=[schedule])

    assert list(defs.resolve_job_names()) == ["__anonymous_asset_job_s", "__ASSET_JOB"]
    assert set(defs.resolve_job("__anonymous_asset_job_s").graph.nodes) == {"a", "b"}


def test_a_job_that_is_only_named_must_be_there() -> None:
    schedule = dg.ScheduleDefinition("s", job_name="dayly", cron_schedule="@daily")
    with pytest.raises(
        UnknownNameError,
        match=r"Schedule 's' \(.*:\d+\) targets job \"dayly\" which was not found .* did you mean 'daily'",
    ):
        Definitions(jobs=[daily], schedules=[schedule]).resolve_schedules()


def test_things_in_the_wrong_list_are_refused_with_the_right_one() -> None:
    with pytest.raises(
        InvalidDefinitionError, match="jobs holds .* which is no JobDefinition.* It belongs into assets"
    ):
        Definitions(jobs=[a])  # type: ignore[list-item]
    with pytest.raises(InvalidDefinitionError, match="assets holds 5"):
        Definitions(assets=[5])  # type: ignore[list-item]
    with pytest.raises(InvalidDefinitionError, match="jobs is a list, not"):
        Definitions(jobs=daily)  # type: ignore[arg-type]

    @dg.graph
    def g():
        work()

    with pytest.raises(InvalidDefinitionError, match=r"Make a job of the graph: g.to_job\(\)"):
        Definitions(jobs=[g])  # type: ignore[list-item]


def test_a_missing_resource_is_refused_with_who_needs_it_and_where() -> None:
    @op(required_resource_keys={"db"})
    def query(): ...

    @job
    def querying():
        query()

    @asset(required_resource_keys={"api"}, io_manager_key="wh")
    def loaded() -> int: ...

    with pytest.raises(
        UnknownResourceError,
        match=r"Job 'querying': resource with key 'db' required by op 'query' was not provided \(.*:\d+\)",
    ):
        Definitions.validate_loadable(Definitions(jobs=[querying]))
    with pytest.raises(
        UnknownResourceError, match=r"key 'api' required by op 'loaded'.*io manager with key 'wh' required"
    ):
        Definitions.validate_loadable(Definitions(assets=[loaded]))
    Definitions.validate_loadable(
        Definitions(assets=[loaded], jobs=[querying], resources={"db": 1, "api": 2, "wh": dg.InMemoryIOManager()})
    )


def test_a_resource_that_a_resource_needs_must_be_there() -> None:
    @dg.resource(required_resource_keys={"inner"})
    def outer(): ...

    @op(required_resource_keys={"outer"})
    def use(): ...

    @job
    def using():
        use()

    with pytest.raises(UnknownResourceError, match="resource with key 'inner' required by resource with key 'outer'"):
        Definitions.validate_loadable(Definitions(jobs=[using], resources={"outer": outer}))


def test_resources_of_a_job_come_before_those_around_it() -> None:
    @op(required_resource_keys={"x", "y"})
    def read(context):
        return context.resources.x, context.resources.y

    @job(resource_defs={"x": dg.ResourceDefinition.hardcoded_resource("own")})
    def reading():
        read()

    defs = Definitions(jobs=[reading], resources={"x": "around", "y": "around"})
    assert defs.resolve_job("reading").execute_in_process().output_for_node("read") == ("own", "around")


def test_the_executor_is_for_jobs_that_name_none() -> None:
    @job(executor_def=dg.multiprocess_executor)
    def own():
        work()

    defs = Definitions(jobs=[own, daily], executor=dg.in_process_executor)
    assert defs.resolve_job("own").executor_def is dg.multiprocess_executor
    assert defs.resolve_job("daily").executor_def is dg.in_process_executor
    assert daily.executor_def is dg.multi_or_in_process_executor


def test_a_job_that_selects_nothing_does_nothing() -> None:
    defs = Definitions(assets=[a], jobs=[define_asset_job("none", AssetSelection.groups("empty"))])
    assert list(defs.resolve_job("none").graph.nodes) == []
    assert defs.resolve_job("none").execute_in_process().success


def test_one_bad_job_does_not_hinder_the_others() -> None:
    defs = Definitions(assets=[a], jobs=[daily, define_asset_job("bad", AssetSelection.assets("nowhere"))])
    assert defs.resolve_job("daily").name == "daily"
    with pytest.raises(InvalidDefinitionError, match=r"asset job bad .*'nowhere'"):
        defs.resolve_job("bad")


def test_merging_keeps_everything_once() -> None:
    merged = Definitions.merge(
        Definitions(assets=[a], jobs=[daily], resources={"x": 1}, executor=dg.in_process_executor),
        Definitions(assets=[a, b], jobs=[daily], resources={"x": 1, "y": 2}),
    )
    assert (merged.assets, merged.jobs, merged.resources) == ([a, b], [daily], {"x": 1, "y": 2})
    assert merged.executor is dg.in_process_executor


def test_merging_refuses_what_cannot_be_there_twice() -> None:
    with pytest.raises(DuplicateDefinitionError, match="objects 0 and 1 have different resources with same key 'x'"):
        Definitions.merge(Definitions(resources={"x": 1}), Definitions(resources={"x": 2}))
    with pytest.raises(DuplicateDefinitionError, match="both have an executor"):
        Definitions.merge(Definitions(executor=dg.in_process_executor), Definitions(executor=dg.multiprocess_executor))


def test_a_repository_sorts_what_its_function_returns() -> None:
    schedule = dg.ScheduleDefinition("s", job=daily, cron_schedule="@daily")

    @dg.repository
    def everything():
        return [daily, [a, b], schedule]

    assert everything.name == "everything"
    assert (everything.assets, everything.jobs, everything.schedules) == ([a, b], [daily], [schedule])
    with pytest.raises(InvalidDefinitionError, match="returned 5: all elements"):

        @dg.repository
        def wrong():
            return [5]
