"""What tasks, task definitions and refusals of ECS become."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import LOCATION, EngineUnavailableError, HopelessWorkloadError, Layer, Workload
from headrace_codeloc.engines.ecs import SETTINGS
from headrace_codeloc.engines.ecs.definitions import task_definition
from headrace_codeloc.engines.ecs.ends import end_of
from headrace_codeloc.engines.ecs.surroundings import CurrentTask
from headrace_codeloc.engines.ecs.words import refusal, start_error

CURRENT = CurrentTask(
    cluster="arn:aws:ecs:eu-central-1:1:cluster/data",
    container_name="launcher",
    definition={
        "taskDefinitionArn": "arn:…:7",
        "revision": 7,
        "family": "launcher",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "512",
        "memory": "1024",
        "executionRoleArn": "arn:role/execution",
        "containerDefinitions": [
            {"name": "launcher", "image": "headrace:1", "logConfiguration": {"logDriver": "awslogs"}},
            {"name": "proxy", "image": "envoy:1"},
        ],
    },
    run_task={"launchType": "FARGATE"},
)


def _settings(config: dict[str, Any], *layers: Layer) -> Any:
    workload = Workload("w", ["work"], {}, labels={LOCATION: "etl"}, layers=layers)
    return SETTINGS.of(config, "run_launcher.config").for_workload(workload)


def _task(
    code: int | None = None, stop_code: str = "EssentialContainerExited", reason: str = "", stopped: str = ""
) -> Any:
    container = {
        "name": "run",
        **({} if code is None else {"exitCode": code}),
        **({"reason": reason} if reason else {}),
    }
    tags = [{"key": "headrace/workload", "value": "w"}]
    return {"stopCode": stop_code, "stoppedReason": stopped, "containers": [container], "tags": tags}


@pytest.mark.parametrize(
    ("task", "kind", "detail"),
    [
        (_task(0), "normal", "its task ended without finishing"),
        (_task(3), "code", "its task ended with code 3"),
        (_task(143), "signal", "its task was ended by SIGTERM"),
        (
            _task(137, reason="OutOfMemoryError: Container killed due to memory usage"),
            "oom",
            "its task ran out of memory (OutOfMemoryError: Container killed due to memory usage): give it more by "
            "run_resources.memory or the tag ecs/memory",
        ),
        (
            _task(
                None,
                "TaskFailedToStart",
                stopped="CannotPullContainerError: pull image manifest has been retried 1 time(s)",
            ),
            "not_started",
            "its task could not be started: CannotPullContainerError: pull image manifest has been retried 1 time(s); push the "
            "image, correct its name, or let execution_role_arn pull it",
        ),
        (
            _task(None, "SpotInterruption", stopped="Your Spot Task was interrupted."),
            "evicted",
            "its task was stopped: its spot capacity was taken back (Your Spot Task was interrupted)",
        ),
        (_task(None, "", stopped="Host EC2 terminated."), "lost", "its task was stopped: Host EC2 terminated"),
    ],
)
def test_ends_have_the_words_of_ecs(task: Any, kind: str, detail: str) -> None:
    end = end_of(task, "run", {}, remembered=False)
    assert (end.name, end.kind, end.detail) == ("w", kind, detail)


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        ("AccessDeniedException", HopelessWorkloadError, "let the role of this process do so"),
        ("ClusterNotFoundException", HopelessWorkloadError, "make it, or correct run_task_kwargs.cluster"),
        ("ExpiredTokenException", HopelessWorkloadError, "the credentials are wrong or have expired"),
        ("ThrottlingException", EngineUnavailableError, "ThrottlingException: no"),
    ],
)
def test_refusals_say_what_to_do(error: str, kind: type[Exception], said: str) -> None:
    made = start_error(ClientError({"Error": {"Code": error, "Message": "no."}}, "RunTask"), "start task w")
    assert type(made) is kind
    assert str(made).startswith("ECS could not start task w: ")
    assert said in str(made)


def test_missing_credentials_are_told() -> None:
    assert "no AWS credentials are here" in str(start_error(NoCredentialsError(), "start task w"))


def test_a_full_cluster_may_have_room_later() -> None:
    assert type(refusal([{"reason": "RESOURCE:MEMORY"}], "data")) is EngineUnavailableError
    assert type(refusal([{"reason": "MISSING", "detail": "no such"}], "data")) is HopelessWorkloadError


def test_a_definition_takes_after_the_task_that_the_launcher_runs_in() -> None:
    made = task_definition(_settings({"run_resources": {"memory": 4096}}), {LOCATION: "etl"}, CURRENT, [])
    (container,) = made["containerDefinitions"]
    assert (container["name"], container["image"]) == ("run", "headrace:1")
    assert container["logConfiguration"] == {"logDriver": "awslogs"}
    assert (made["cpu"], made["memory"], made["executionRoleArn"]) == ("512", "4096", "arn:role/execution")
    assert made["family"].startswith("run-etl-")
    assert not {"revision", "image", "logConfiguration"} & made.keys()
    named = task_definition(_settings({"image": "etl:7"}), {LOCATION: "etl"}, CURRENT, [])
    assert named["containerDefinitions"][0]["image"] == "etl:7"
    assert not {"revision", "image", "logConfiguration"} & named.keys()


def test_sidecars_come_along_where_that_is_asked_for() -> None:
    made = task_definition(_settings({"include_sidecars": True}), {}, CURRENT, [])
    assert [each["name"] for each in made["containerDefinitions"]] == ["run", "proxy"]


def test_each_place_has_the_last_word_on_those_before() -> None:
    tags = {"ecs/cpu": "2048", "ecs/run_task_kwargs": '{"launchType": "EC2"}', "team": "etl"}
    settings = _settings(
        {"image": "a:1", "run_resources": {"cpu": 256, "memory": 512}, "run_task_kwargs": {"cluster": "data"}},
        Layer(
            "container_context.ecs",
            {"task_role_arn": "arn:role/etl", "secrets": {"A": "arn:a"}, "run_resources": {"memory": 1024}},
        ),
        Layer("tags", SETTINGS.layer_of_tags(tags)),
    )
    assert (settings.run_resources.cpu, settings.run_resources.memory) == ("2048", "1024")
    assert settings.run_task_kwargs == {"cluster": "data", "launchType": "EC2"}
    made = task_definition(settings, {}, None, [{"name": "B", "valueFrom": "arn:b"}])
    assert made["taskRoleArn"] == "arn:role/etl"
    assert [each["name"] for each in made["containerDefinitions"][0]["secrets"]] == ["A", "B"]


def test_the_same_settings_have_the_same_family() -> None:
    families = {task_definition(_settings({"image": image}), {}, None, [])["family"] for image in ("a:1", "a:1", "a:2")}
    assert len(families) == 2


def test_no_image_is_told() -> None:
    with pytest.raises(InvalidConfigError, match="no image is named for the task"):
        task_definition(_settings({}), {}, None, [])
