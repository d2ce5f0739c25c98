"""Jobs of assets that run by themselves, as a whole."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg
from headrace.automation.run_requests import build_run_requests

Condition = dg.AutomationCondition
LETTERS = dg.StaticPartitionsDefinition(["x", "y"])


def asset(name: str, **options: Any) -> dg.AssetsDefinition:
    @dg.asset(name=name, **options)
    def make() -> None: ...

    return make


class JobWorld:
    """A job over a part of the assets, whose condition is evaluated again and again."""

    def __init__(self, condition: dg.AutomationCondition, *assets: dg.AssetsDefinition, selection: list[str]) -> None:
        job = dg.define_asset_job("nightly", selection=selection, automation_condition=condition)
        self.defs = dg.Definitions(assets=assets, jobs=[job])
        self.instance = dg.Instance.ephemeral()
        self._cursor: Any = None

    def made(self, name: str, partition: str | None = None) -> None:
        self.instance.report_runless_asset_event(dg.AssetMaterialization(name, partition=partition))

    def runs(self) -> list[tuple[str | None, str | None]]:
        """The job and the partition of each run that is requested."""
        result = dg.evaluate_automation_conditions(self.defs, self.instance, cursor=self._cursor)
        self._cursor = result.cursor
        requests = build_run_requests(result.requested_subsets.values(), self.defs.resolve_asset_graph())
        assert not any(request.asset_selection for request in requests)
        return [(request.job_name, request.partition_key) for request in requests]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition.all_job_root_assets_match(Condition.missing()), [True, False, False]),
        (Condition.any_job_root_assets_match(Condition.missing()), [True, True, False]),
    ],
)
def test_only_the_assets_with_which_it_begins_are_asked(
    condition: dg.AutomationCondition, expected: list[bool]
) -> None:
    world = JobWorld(
        condition,
        asset("outside"),
        asset("one", deps=["outside"]),
        asset("other"),
        asset("below", deps=["one", "other"]),
        selection=["one", "other", "below"],
    )
    found = []
    for name in ("below", "one", "other"):
        found.append(bool(world.runs()))
        world.made(name)
    assert [*found[1:], bool(world.runs())] == expected


def test_eager_assets_at_its_beginning_make_the_whole_job_run_once() -> None:
    eager = Condition.all_job_root_assets_match(Condition.eager())
    world = JobWorld(
        eager, asset("above"), asset("one", deps=["above"]), asset("two", deps=["one"]), selection=["one", "two"]
    )
    assert world.runs() == []
    world.made("above")
    assert world.runs() == [("nightly", None)]
    assert world.runs() == []
    world.made("above")
    assert world.runs() == [("nightly", None)]


def test_a_job_waits_for_what_is_only_requested_above_it() -> None:
    eager = Condition.all_job_root_assets_match(Condition.eager())
    world = JobWorld(
        eager,
        asset("source"),
        asset("above", deps=["source"], automation_condition=Condition.on_cron("@yearly") | Condition.newly_missing()),
        asset("one", deps=["above"]),
        selection=["one"],
    )
    result = dg.evaluate_automation_conditions(world.defs, world.instance)
    assert {key.to_user_string() for key in result.requested_subsets} == {"above"}


def test_each_partition_has_a_run_of_the_job() -> None:
    world = JobWorld(
        Condition.all_job_root_assets_match(Condition.missing()),
        asset("parted", partitions_def=LETTERS),
        asset("whole"),
        selection=["parted", "whole"],
    )
    assert world.runs() == [("nightly", "x"), ("nightly", "y")]
    world.made("parted", "x")
    assert world.runs() == [("nightly", "y")]
    world.made("whole")
    assert world.runs() == []


def test_the_default_sensor_evaluates_jobs_that_no_other_one_has() -> None:
    condition = Condition.all_job_root_assets_match(Condition.missing())
    jobs = [dg.define_asset_job(name, selection=["it"], automation_condition=condition) for name in ("a", "b")]
    own = dg.AutomationConditionSensorDefinition("own", target=[], asset_job_keys={dg.AssetJobKey("a")})
    defs = dg.Definitions(assets=[asset("it")], jobs=jobs, sensors=[own])
    sensors = {each.name: each for each in defs.resolve_sensors()}
    default = sensors["default_automation_condition_sensor"]
    assert isinstance(default, dg.AutomationConditionSensorDefinition)
    assert default.asset_job_keys == {dg.AssetJobKey("b")}
    assert list(default.job_names) == ["__ASSET_JOB", "b"]
