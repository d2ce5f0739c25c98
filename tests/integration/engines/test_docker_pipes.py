"""Code in containers of a real Docker engine, which reports with the real guest library."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
import threading
from collections.abc import Sequence
from typing import Any

import pytest

import headrace as dg
from headrace.execute.interrupts import Interrupts
from headrace.integrations.docker import PipesDockerClient
from rig.docker import IMAGE, DockerHost
from rig.waiting import wait_until

GUEST = """
    import os, sys
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        print("plain, häß" * 3000)
        pipes.log.info("hello from the container")
        pipes.report_asset_materialization(
            metadata={"limit": pipes.get_extra("limit"), "stage": os.environ["STAGE"], "region": os.environ["REGION"]}
        )
"""


def command(code: str) -> Sequence[str]:
    return [sys.executable, "-c", textwrap.dedent(code)]


def test_what_a_container_reports_becomes_results_and_it_is_removed(
    docker_host: DockerHost, capsys: pytest.CaptureFixture[str]
) -> None:
    client = PipesDockerClient(env={"STAGE": "test"})

    @dg.asset
    def table(context: dg.AssetExecutionContext, pipes: PipesDockerClient) -> dg.MaterializeResult[Any]:
        return pipes.run(
            context=context,
            image=IMAGE,
            command=command(GUEST),
            extras={"limit": 10},
            env={"REGION": "north"},
            container_kwargs=docker_host.kwargs(),
        ).get_materialize_result()

    result = dg.materialize([table], resources={"pipes": client})
    (made,) = result.asset_materializations_for_node("table")
    assert {name: made.metadata[name].value for name in ("limit", "stage", "region")} == {
        "limit": 10,
        "stage": "test",
        "region": "north",
    }
    assert "plain, häß" * 3000 in capsys.readouterr().out
    assert not docker_host.names()


def test_a_container_that_fails_fails_the_step_and_is_removed(docker_host: DockerHost) -> None:
    client = PipesDockerClient()
    context = dg.build_op_context()
    with pytest.raises(dg.PipesExecutionError, match=rf"The container of {IMAGE} failed with code 3"):
        client.run(
            context=context, image=IMAGE, command=["/bin/sh", "-c", "exit 3"], container_kwargs=docker_host.kwargs()
        )
    assert not docker_host.names()


def test_a_canceled_step_ends_its_container(docker_host: DockerHost) -> None:
    client, context, interrupts = PipesDockerClient(), dg.build_op_context(), Interrupts()

    def interrupt() -> None:
        wait_until(docker_host.names, 20, "the container")
        os.kill(os.getpid(), signal.SIGTERM)

    with interrupts.installed(), pytest.raises(dg.ExecutionInterruptedError):
        threading.Thread(target=interrupt, daemon=True).start()
        with interrupts.armed():
            # A shell that is the first process of a container ends with SIGTERM only if it says so.
            waits = ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
            client.run(context=context, image=IMAGE, command=waits, container_kwargs=docker_host.kwargs())
    # The engine takes a moment to remove what has ended.
    wait_until(lambda: not docker_host.names(), 20, "the end of the container")
