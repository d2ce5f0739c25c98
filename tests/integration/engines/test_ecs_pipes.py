"""Code in tasks of ECS, which reports with the real guest library."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import headrace as dg
from headrace.errors import StoreError
from headrace.integrations.aws import PipesCloudWatchMessageReader, PipesECSClient
from rig.docker import IMAGE, DockerHost, shared_engine
from rig.ecs import CLUSTER, CREDENTIALS, REGION, Ecs, start_ecs
from rig.processes import Supervisor

GUEST = """
    import os
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        print("plain")
        pipes.report_asset_materialization(
            metadata={"limit": pipes.get_extra("limit"), "stage": os.environ["STAGE"]}
        )
"""
GROUP = "/ecs/pipes"


@pytest.fixture(scope="module")
def ecs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ecs]:
    supervisor = Supervisor(tmp_path_factory.mktemp("ecs"))
    try:
        started = start_ecs(supervisor, DockerHost(shared_engine(), "ecs-pipes"))
        _client("logs", started).create_log_group(logGroupName=GROUP)
        yield started
    finally:
        supervisor.close()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def _client(service: str, ecs: Ecs) -> Any:
    return boto3.client(
        service, region_name=REGION, endpoint_url=ecs.url, aws_access_key_id="test", aws_secret_access_key="test"
    )


def registered(ecs: Ecs, code: str) -> dict[str, Any]:
    """What starts a task that executes some code."""
    shape = ecs.config()["task_definition"]
    options = {"awslogs-group": GROUP, "awslogs-stream-prefix": "pipes", "awslogs-region": REGION}
    answer = ecs.client().register_task_definition(
        family="pipes",
        networkMode="host",
        requiresCompatibilities=["EC2"],
        volumes=shape["volumes"],
        containerDefinitions=[
            {
                "name": "main",
                "image": IMAGE,
                "memory": 256,
                "command": [sys.executable, "-c", textwrap.dedent(code)],
                "environment": [{"name": "STAGE", "value": "test"}],
                "mountPoints": shape["mount_points"],
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }
        ],
    )
    definition = answer["taskDefinition"]["taskDefinitionArn"]
    return {"cluster": CLUSTER, "taskDefinition": definition, "launchType": "EC2", "count": 1}


def pipes(ecs: Ecs) -> PipesECSClient:
    return PipesECSClient(ecs.client(), message_reader=PipesCloudWatchMessageReader(_client("logs", ecs)))


def test_what_a_task_reports_becomes_results(ecs: Ecs, capsys: pytest.CaptureFixture[str]) -> None:
    @dg.asset
    def table(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        return (
            pipes(ecs)
            .run(
                context=context,
                run_task_params=registered(ecs, GUEST),
                extras={"limit": 10},
                waiter_config={"Delay": 0.5},
            )
            .get_materialize_result()
        )

    (made,) = dg.materialize([table]).asset_materializations_for_node("table")
    assert {name: made.metadata[name].value for name in ("limit", "stage")} == {"limit": 10, "stage": "test"}
    assert "plain" in capsys.readouterr().out


def test_a_task_that_fails_fails_the_step(ecs: Ecs) -> None:
    params = registered(ecs, "raise SystemExit(3)")
    with pytest.raises(dg.PipesExecutionError, match=r"Container main of task .* ended with code 3"):
        PipesECSClient(ecs.client(), message_reader=dg.PipesTempFileMessageReader()).run(
            context=dg.build_op_context(), run_task_params=params, waiter_config={"Delay": 0.5}
        )


def test_a_task_that_takes_too_long_is_stopped(ecs: Ecs) -> None:
    params = registered(ecs, "import time; time.sleep(600)")
    with pytest.raises(dg.PipesExecutionError, match=r"did not stop within 1 s"):
        PipesECSClient(ecs.client(), message_reader=dg.PipesTempFileMessageReader()).run(
            context=dg.build_op_context(), run_task_params=params, waiter_config={"Delay": 0.5, "MaxAttempts": 2}
        )
    assert not ecs.tasks()


def test_a_task_definition_that_is_not_there_says_so(ecs: Ecs) -> None:
    with pytest.raises(StoreError, match=r"AWS did not describe task definition nobody: "):
        pipes(ecs).run(context=dg.build_op_context(), run_task_params={"cluster": CLUSTER, "taskDefinition": "nobody"})
