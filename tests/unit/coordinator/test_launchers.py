"""Which launcher a run gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headrace.api.types.v1.launch_pb2 import LaunchSpec
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import InvalidArgumentError
from headrace_services.coordinator.runs.launchers import Launchers
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.config.components import EngineLauncher, NamedLauncher, ProcessLauncher, Route

SPEC = LaunchSpec(image="etl:7")
DOCKER = EngineLauncher("docker", "docker", {"network": "data"})
LAUNCHERS = Launchers.of(
    InstanceConfig(
        Path("/home"),
        run_launchers=(
            NamedLauncher("big", DOCKER, Route(tags={"size": "big"}, locations=("etl",))),
            NamedLauncher("trains", DOCKER, Route(jobs=("train", "tune"))),
            NamedLauncher("asked", ProcessLauncher()),
        ),
    )
)


def launcher_of(location: str = "etl", job: str = "nightly", **tags: str) -> str:
    run = Run(location_name=location, job_name=job, tags=[Tag(key=key, value=value) for key, value in tags.items()])
    LAUNCHERS.assign(run, SPEC)
    assert run.HasField("launch_spec") == (run.launcher_name in ("big", "trains"))
    return run.launcher_name


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ({}, "process"),
        ({"size": "big"}, "big"),
        ({"size": "big", "location": "ml"}, "process"),
        ({"size": "small"}, "process"),
        ({"job": "tune"}, "trains"),
        ({"job": "train", "size": "big"}, "big"),
        ({"job": "train", "headrace/launcher": "asked"}, "asked"),
        ({"size": "big", "dagster/launcher": "process"}, "process"),
    ],
)
def test_the_first_route_that_fits_counts_and_a_tag_before_all(run: dict[str, str], expected: str) -> None:
    assert launcher_of(**run) == expected


def test_a_launcher_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidArgumentError, match="no launcher 'bigg'.*'big'.*process, big, trains, asked"):
        launcher_of(**{"headrace/launcher": "bigg"})


def test_executors_of_the_same_engine_hear_what_the_launcher_says() -> None:
    context = LAUNCHERS.context("big")
    assert context is not None and json.loads(context.text) == {"docker": {"network": "data"}}
    assert LAUNCHERS.context("process") is None
