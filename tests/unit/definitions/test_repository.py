"""`@repository`: lists, sections, deferred jobs, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

import headrace as dg


@dg.op
def step() -> None: ...


def made(name: str) -> dg.JobDefinition:
    @dg.job(name=name)
    def body() -> None:
        step()

    return body


@dg.asset
def orders() -> int:
    return 1


def test_a_list_is_sorted_and_answers_by_name() -> None:
    nightly = made("nightly")
    schedule = dg.ScheduleDefinition(job=nightly, cron_schedule="@daily")

    @dg.repository
    def everything() -> list[Any]:
        return [[nightly, orders], schedule, dg.AssetSpec("far")]

    assert everything.name == "everything"
    assert set(everything.job_names) == {"nightly", "__ASSET_JOB"}
    assert everything.get_job("nightly").name == "nightly"
    assert [each.name for each in everything.schedule_defs] == ["nightly_schedule"]
    assert everything.has_schedule_def("nightly_schedule") and not everything.has_sensor_def("nightly_schedule")
    assert set(everything.assets_defs_by_key) == {dg.AssetKey("orders"), dg.AssetKey("far")}
    assert set(everything.source_assets_by_key) == {dg.AssetKey("far")}
    assert everything.get_implicit_job_def_for_assets([dg.AssetKey("orders")]) is not None
    assert everything.get_implicit_job_def_for_assets([dg.AssetKey("far")]) is None


def test_a_job_given_as_a_function_is_made_when_it_is_asked_for_and_once() -> None:
    calls: list[str] = []

    def make() -> dg.JobDefinition:
        calls.append("made")
        return made("late")

    @dg.repository
    def lazy() -> dict[str, Any]:
        return {"jobs": {"late": make, "other": made("other")}}

    assert (lazy.has_job("late"), calls) == (True, [])
    assert (lazy.get_job("late").name, lazy.get_job("late").name, calls) == ("late", "late", ["made"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: made("b"), "called 'b'"),
        (lambda: 5, "must return JobDefinition, got 5"),
    ],
)
def test_a_deferred_job_that_is_another_is_refused(make: Any, message: str) -> None:
    @dg.repository
    def wrong() -> dict[str, Any]:
        return {"jobs": {"a": make}}

    with pytest.raises(dg.InvalidDefinitionError, match=message):
        wrong.get_job("a")


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (["text"], "all elements of list"),
        (5, "must return a list"),
        ({"jobs": {"a": "text"}}, "Object mapped to a is not an instance of JobDefinition"),
        ({"things": {}}, "a section 'things'; there are: jobs, schedules, sensors"),
        ([made("a"), made("a")], "Duplicate job definition found for job 'a'"),
        ([made("__ASSET_JOB")], "reserved name"),
    ],
)
def test_what_is_no_definition_is_refused_at_once(returned: Any, message: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=message):

        @dg.repository
        def wrong() -> Any:
            return returned


def test_jobs_are_checked_at_once_and_assets_when_they_are_asked_for() -> None:
    @dg.op(required_resource_keys={"db"})
    def query() -> None: ...

    @dg.graph
    def querying() -> None:
        query()

    with pytest.raises(dg.InvalidDefinitionError, match="resource with key 'db' required by op 'query'"):

        @dg.repository
        def wrong() -> Any:
            return [querying]

    @dg.asset(required_resource_keys={"db"})
    def needy() -> None: ...

    @dg.repository
    def later() -> Any:
        return [needy]

    with pytest.raises(dg.InvalidDefinitionError, match="'db' required by op 'needy'"):
        later.get_all_jobs()


def test_a_class_of_its_own_may_say_what_there_is() -> None:
    class Mine(dg.RepositoryData):
        def get_all_jobs(self) -> Sequence[dg.JobDefinition]:
            return [made("own")]

    @dg.repository
    def custom() -> dg.RepositoryData:
        return Mine()

    assert custom.job_names == ["own"]


def test_the_variables_of_resources_are_known_without_reading_them() -> None:
    class Client(dg.ConfigurableResource):
        url: str

    class Service(dg.ConfigurableResource):
        client: Client
        keys: list[str]

    defs = dg.Definitions(
        resources={
            "service": Service(client=Client(url=dg.EnvVar("URL")), keys=[dg.EnvVar("KEY"), "plain"]),
            "plain": Client(url="u"),
        }
    )
    assert defs.get_env_vars_by_top_level_resource() == {"service": {"URL", "KEY"}, "plain": frozenset()}


def test_op_jobs_of_schedules_and_sensors_have_the_resources_of_all() -> None:
    class Greeting(dg.ConfigurableResource):
        text: str

    said: list[str] = []

    @dg.op
    def greet(greeting: Greeting) -> None:
        said.append(greeting.text)

    @dg.job
    def greeter() -> None:
        greet()

    @dg.sensor(job=greeter)
    def watching() -> None: ...

    defs = dg.Definitions(
        schedules=[dg.ScheduleDefinition(job=greeter, cron_schedule="@daily")],
        sensors=[watching],
        resources={"greeting": Greeting(text="hello")},
    )
    for owner in (defs.resolve_sensor_def("watching"), defs.resolve_schedule_def("greeter_schedule")):
        assert isinstance(owner.job, dg.JobDefinition)
        owner.job.execute_in_process()
    assert said == ["hello", "hello"]


def module_of(**values: Any) -> ModuleType:
    module = ModuleType("some_module")
    vars(module).update(values)
    return module


def test_modules_may_share_definitions_but_not_names() -> None:
    shared, other = dg.AssetSpec("a"), dg.AssetSpec("a")
    defs = dg.load_definitions_from_modules([module_of(x=shared, y=orders), module_of(x=shared, z=other)])
    assert [each for each in defs.assets if isinstance(each, dg.AssetSpec)] == [shared]
    with pytest.raises(dg.DuplicateDefinitionError, match="Asset key a is defined multiple times"):
        dg.load_definitions_from_modules([module_of(x=shared), module_of(x=dg.AssetSpec("a", group_name="g"))])
    with pytest.raises(dg.DuplicateDefinitionError, match="'nightly' is defined multiple times"):
        dg.load_definitions_from_modules([module_of(x=made("nightly")), module_of(x=made("nightly"))])


def test_containers_that_were_used_are_told_apart_when_asked() -> None:
    one, two = dg.Definitions(assets=[orders]), dg.Definitions(assets=[dg.AssetSpec("far")])
    assert len(dg.Definitions.merge_unbound_defs(one, two).assets) == 2
    one.resolve_all_asset_specs()
    with pytest.raises(dg.InvariantViolationError, match="object 0 has previously been resolved"):
        dg.Definitions.merge_unbound_defs(one, two)


def test_a_graph_given_twice_is_one_job_and_two_jobs_of_one_name_are_not() -> None:
    @dg.graph
    def both() -> None:
        step()

    with pytest.warns(DeprecationWarning, match=r"Make a job of it: both\.to_job\(\)"):
        daily = dg.ScheduleDefinition(job=both, cron_schedule="@daily")

    @dg.repository
    def shared() -> list[Any]:
        return [both, daily]

    assert shared.job_names == ["both"]
    with pytest.raises(dg.DuplicateDefinitionError, match="targets job 'a', but a different job with the same name"):
        schedule = dg.ScheduleDefinition(job=made("a"), cron_schedule="@daily")
        dg.Definitions(jobs=[made("a")], schedules=[schedule]).resolve_job_names()


def test_lists_in_lists_in_lists_are_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="Bad return value from repository"):

        @dg.repository
        def deep() -> list[Any]:
            return [[[dg.AssetSpec("far")]]]


def test_two_ops_of_one_name_are_refused_in_a_repository() -> None:
    @dg.op(name="same")
    def one() -> None: ...

    @dg.op(name="same")
    def other() -> None: ...

    @dg.job
    def first() -> None:
        one()

    @dg.job
    def second() -> None:
        other()

    @dg.repository
    def both() -> list[Any]:
        return [first, second]

    with pytest.raises(dg.InvalidDefinitionError, match="definition names must be unique within a repository"):
        both.get_all_jobs()
