"""Loading what modules and packages define."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import headrace as dg
from headrace import AssetKey

FIRST = """
import headrace as dg

@dg.asset
def a(): ...

@dg.asset(deps=["outside"])
def b(a): ...

same_again = a
listed = [dg.AssetSpec("s", deps=["a"])]
number = 5
defs = dg.Definitions(assets=dg.load_assets_from_current_module(group_name="here", include_specs=True))
"""
SECOND = """
import headrace as dg

@dg.asset(group_name="own")
def c(): ...

job = dg.define_asset_job("all_assets")
every_day = dg.ScheduleDefinition(job=job, cron_schedule="@daily")
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    directory = tmp_path / "shop"
    (directory / "inner").mkdir(parents=True)
    (directory / "__init__.py").write_text("")
    (directory / "first.py").write_text(FIRST)
    (directory / "inner" / "__init__.py").write_text("")
    (directory / "inner" / "second.py").write_text(SECOND)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("shop")
    for name in [each for each in sys.modules if each.split(".")[0] == "shop"]:
        del sys.modules[name]


def keys(assets) -> list[str]:
    return sorted(key.to_user_string() for each in assets for key in getattr(each, "keys", [each.key]))


def test_a_package_gives_everything_below_it_once(package: ModuleType) -> None:
    assert keys(dg.load_assets_from_package_name("shop", include_specs=True)) == ["a", "b", "c", "s"]
    assert keys(dg.load_assets_from_package_module(package)) == ["a", "b", "c"]


def test_the_calling_module_gives_what_is_defined_so_far(package: ModuleType) -> None:
    first = importlib.import_module("shop.first")

    assert keys(first.defs.assets) == ["a", "b", "s"]
    assert {spec.group for each in first.defs.assets for spec in getattr(each, "specs", [each])} == {"here"}


def test_a_prefix_moves_assets_and_what_they_depend_on_among_themselves(package: ModuleType) -> None:
    first = importlib.import_module("shop.first")

    assets = dg.load_assets_from_modules([first], key_prefix=["x", "y"], include_specs=True)
    graph = dg.Definitions(assets=assets).resolve_asset_graph()
    assert keys(assets) == ["s", "x/y/a", "x/y/b"]
    assert graph.parents[AssetKey(["x", "y", "b"])] == {AssetKey(["x", "y", "a"]), AssetKey("outside")}
    assert graph.parents[AssetKey("s")] == {AssetKey(["x", "y", "a"])}


def test_a_group_that_is_named_twice_is_refused(package: ModuleType) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=r"Asset 'c' \(.*second.py:\d+\) is in the group 'own'"):
        dg.load_assets_from_package_module(package, group_name="other")


def test_everything_else_is_loaded_into_definitions(package: ModuleType) -> None:
    defs = dg.load_definitions_from_package_name("shop", resources={"r": 1})
    assert (keys(defs.assets), [job.name for job in defs.jobs]) == (["a", "b", "c", "s"], ["all_assets"])
    assert [schedule.name for schedule in defs.schedules] == ["all_assets_schedule"]
    assert defs.resources == {"r": 1}


def test_a_module_is_no_package(package: ModuleType) -> None:
    first = importlib.import_module("shop.first")

    with pytest.raises(dg.InvalidInvocationError, match=r"'shop.first' is a module and no package"):
        dg.load_assets_from_package_module(first)
