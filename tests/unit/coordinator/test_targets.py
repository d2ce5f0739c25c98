from __future__ import annotations

import pytest

from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import (
    InvalidArgumentError,
    LocationNotFoundError,
    LocationNotLoadedError,
    LocationUnreachableError,
    TargetNotFoundError,
)
from headrace_services.coordinator.locations import LocationRegistry, Snapshot
from headrace_services.coordinator.runs.targets import resolve

ALL_ASSETS = "__ASSET_JOB"


def snapshot(*jobs: str, assets: tuple[str, ...] = (), **assets_of_jobs: tuple[str, ...]) -> Snapshot:
    definitions = {name: JobDefinition(name=name) for name in jobs}
    for name, keys in assets_of_jobs.items():
        definitions[name] = JobDefinition(name=name, asset_keys=[AssetKey(path=key.split("/")) for key in keys])
    if assets:
        definitions[ALL_ASSETS] = JobDefinition(name=ALL_ASSETS, implicit_asset_job=True)
    paths = frozenset(tuple(name.split("/")) for name in assets)
    return Snapshot("d", "d", "", (), 0, definitions, ALL_ASSETS if assets else "", paths)


@pytest.fixture
def registry() -> LocationRegistry:
    registry = LocationRegistry("test")
    registry.add("numbers", "a:1").snapshot = snapshot(
        "process_numbers", "shared", assets=("raw", "db/clean"), refresh=("raw",)
    )
    registry.add("letters", "a:2").snapshot = snapshot("shared", assets=("alphabet",))
    registry.add("broken", "a:3").broken("SyntaxError: invalid syntax", "SyntaxError")
    return registry


def run(**fields: object) -> Run:
    assets = [AssetKey(path=str(name).split("/")) for name in fields.pop("assets", ())]  # type: ignore[attr-defined]
    return Run(asset_selection=assets, **fields)  # type: ignore[arg-type]


def test_the_only_location_that_has_a_job_is_found(registry: LocationRegistry) -> None:
    target = resolve(registry, run(job_name="process_numbers"))
    assert (target.entry.name, target.job.name) == ("numbers", "process_numbers")


def test_the_location_of_assets_is_found_and_its_implicit_job_runs_them(registry: LocationRegistry) -> None:
    target = resolve(registry, run(assets=["db/clean"]))
    assert (target.entry.name, target.job.name) == ("numbers", ALL_ASSETS)


def test_a_job_of_several_locations_needs_a_location(registry: LocationRegistry) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        resolve(registry, run(job_name="shared"))
    assert caught.value.violations["location_name"].endswith("is in the code locations 'letters', 'numbers': name one")
    assert resolve(registry, run(job_name="shared", location_name="letters")).entry.name == "letters"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"location_name": "number"}, "there is no code location 'number'; did you mean 'numbers'?"),
        (
            {"job_name": "proces_numbers"},
            "no code location has a job 'proces_numbers'; did you mean 'process_numbers'?",
        ),
        (
            {"job_name": "process_numbers", "location_name": "letters"},
            "has no job 'process_numbers'; it is in 'numbers'",
        ),
        ({"job_name": "x", "location_name": "letters"}, "code location 'letters' has no job 'x'; there are"),
        ({"assets": ["raww"]}, "no code location has an asset 'raww'; did you mean 'raw'?"),
        ({"assets": ["raw", "alphabet"]}, "no code location has all of these assets"),
        ({"assets": ["raww"], "location_name": "numbers"}, "code location 'numbers' has no asset 'raww'; did you mean"),
        ({"assets": ["db/clean"], "job_name": "refresh"}, "the job 'refresh' of code location 'numbers' has no asset"),
        (
            {"assets": ["raww"], "job_name": "refresh"},
            "code location 'numbers' has no asset 'raww'; did you mean 'raw'?",
        ),
    ],
)
def test_an_unknown_name_is_answered_with_what_may_have_been_meant(
    registry: LocationRegistry, fields: dict[str, object], said: str
) -> None:
    with pytest.raises((TargetNotFoundError, LocationNotFoundError)) as caught:
        resolve(registry, run(**fields))
    assert said in str(caught.value)


def test_locations_that_have_not_loaded_are_named_where_they_may_matter(registry: LocationRegistry) -> None:
    with pytest.raises(TargetNotFoundError, match=r"\(broken not loaded\)"):
        resolve(registry, run(job_name="nowhere"))


def test_while_a_location_is_not_up_nobody_says_that_there_is_no_such_job(registry: LocationRegistry) -> None:
    registry.add("late", "a:4").unreachable("nothing answers at a:4")
    with pytest.raises(LocationUnreachableError, match=r"no code location has a job 'nowhere'.*late not loaded"):
        resolve(registry, run(job_name="nowhere"))
    assert resolve(registry, run(job_name="process_numbers")).entry.name == "numbers"


def test_a_location_that_has_not_loaded_says_why(registry: LocationRegistry) -> None:
    with pytest.raises(LocationNotLoadedError, match="SyntaxError: invalid syntax"):
        resolve(registry, run(location_name="broken", job_name="x"))


def test_a_location_that_may_still_load_is_worth_asking_again(registry: LocationRegistry) -> None:
    registry.get("broken").unreachable("nothing answers at a:3")
    with pytest.raises(LocationUnreachableError, match="nothing answers at a:3"):
        resolve(registry, run(location_name="broken", job_name="x"))
