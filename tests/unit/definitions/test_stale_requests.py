"""Requests for runs of what is stale alone."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg

letters = dg.StaticPartitionsDefinition(["x", "y"])


@dg.asset(code_version="1")
def raw() -> None: ...


@dg.asset(deps=[raw], code_version="1")
def clean() -> None: ...


@dg.asset(deps=[clean], code_version="1")
def report() -> None: ...


@dg.asset(code_version="1")
def other() -> None: ...


@dg.asset(partitions_def=letters)
def by_letter() -> None: ...


@dg.asset(partitions_def=letters, deps=[by_letter], code_version="1")
def below_letter() -> None: ...


ASSETS = [raw, clean, report, other, by_letter, below_letter]
everything = dg.define_asset_job("everything", [raw, clean, report, other])


def asked(instance: dg.Instance, assets: list[Any] = ASSETS, **request: Any) -> list[str] | str | None:
    """What a sensor asks for that wants stale assets only; why not."""

    @dg.sensor(target=assets)
    def sensor() -> dg.RunRequest:
        return dg.RunRequest(stale_assets_only=True, **request)

    defs = dg.Definitions(assets=assets, sensors=[sensor])
    tick = sensor.evaluate_tick(dg.build_sensor_context(instance=instance, definitions=defs))
    if not tick.run_requests:
        return tick.skip_message
    (one,) = tick.run_requests
    return [key.to_user_string() for key in one.asset_selection or ()]


def made(instance: dg.Instance, *names: str, partition: str | None = None) -> None:
    dg.materialize(ASSETS, selection=names, instance=instance, partition_key=partition)


CHAIN = [dg.AssetKey(name) for name in ("raw", "clean", "report", "other")]


def test_what_was_never_made_is_asked_for_and_what_is_fresh_is_not() -> None:
    instance = dg.Instance.ephemeral()
    assert asked(instance, asset_selection=CHAIN) == ["clean", "other", "raw", "report"]
    made(instance, "raw", "clean", "report", "other")
    assert asked(instance, asset_selection=CHAIN) == "None of the assets that are asked for is stale."


def test_what_is_made_from_a_new_version_is_stale_and_what_is_below() -> None:
    @dg.asset(name="raw", code_version="2")
    def changed() -> None: ...

    instance = dg.Instance.ephemeral()
    made(instance, "raw", "clean", "report", "other")
    assert asked(instance, [changed, *ASSETS[1:]], asset_selection=CHAIN) == ["clean", "raw", "report"]
    dg.materialize([changed], instance=instance)
    assert asked(instance, [changed, *ASSETS[1:]], asset_selection=CHAIN) == ["clean", "report"]


def test_partitions_are_stale_one_by_one() -> None:
    instance = dg.Instance.ephemeral()
    for letter in ("x", "y"):
        made(instance, "by_letter", "below_letter", partition=letter)
    below = [dg.AssetKey("below_letter")]
    made(instance, "by_letter", partition="x")
    assert asked(instance, asset_selection=below, partition_key="x") == ["below_letter"]
    assert (
        asked(instance, asset_selection=below, partition_key="y") == "None of the assets that are asked for is stale."
    )


def test_a_schedule_asks_for_stale_assets_of_its_job() -> None:
    @dg.schedule(job=everything, cron_schedule="@daily")
    def nightly() -> dg.RunRequest:
        return dg.RunRequest(stale_assets_only=True)

    instance = dg.Instance.ephemeral()
    made(instance, "raw", "clean")
    defs = dg.Definitions(assets=ASSETS, schedules=[nightly])
    (request,) = nightly.evaluate_tick(dg.build_schedule_context(instance=instance, repository_def=defs)).run_requests
    assert request.asset_selection == [dg.AssetKey("other"), dg.AssetKey("report")]


def test_without_an_instance_it_says_what_is_missing() -> None:
    @dg.sensor(target=[raw])
    def sensor() -> dg.RunRequest:
        return dg.RunRequest(stale_assets_only=True)

    with pytest.raises(dg.InvariantViolationError, match="give its context the instance"):
        sensor.evaluate_tick(dg.build_sensor_context())
