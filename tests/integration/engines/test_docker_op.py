"""Containers of a real Docker engine that an op makes and waits for."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace.integrations.docker import docker_container_op, execute_docker_container
from rig.docker import IMAGE, DockerHost


def test_containers_run_one_after_the_other_and_what_they_print_is_output_of_the_step(
    docker_host: DockerHost, capsys: pytest.CaptureFixture[str]
) -> None:
    config = {"image": IMAGE, "container_kwargs": docker_host.kwargs(), "env_vars": ["GREETING=häß"]}
    first = docker_container_op.configured(
        {**config, "entrypoint": ["/bin/sh", "-c"], "command": ["echo first $GREETING; echo told >&2"]}, "first"
    )
    second = docker_container_op.configured({**config, "command": ["/bin/echo", "second"]}, "second")

    @dg.job
    def both() -> None:
        second(first())

    assert both.execute_in_process().success
    printed = capsys.readouterr().out
    assert printed.index("first häß") < printed.index("second")
    assert "told" in printed
    assert not docker_host.names()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"command": ["/bin/sh", "-c", "exit 3"]}, r"The container of .* ended with code 3\."),
        ({"command": ["/no/such/program"]}, r"Docker could not start a container of .*no such file"),
        (
            {"image": "nowhere.invalid/team/etl:7"},
            r"Docker could not pull nowhere.invalid/team/etl:7: .*; build or push it",
        ),
        ({"container_kwargs": {"volums": []}}, r"Docker's client cannot make .*'volums'; correct container_kwargs"),
        (
            {"networks": ["no_such_network"], "command": ["/bin/true"], "container_kwargs": {}},
            r"Docker could not start a container of .*no_such_network not found",
        ),
    ],
)
def test_what_cannot_be_or_fails_says_why_and_leaves_nothing(
    docker_host: DockerHost, more: dict[str, object], message: str
) -> None:
    given = {"image": IMAGE, "container_kwargs": docker_host.kwargs(), **more}
    with pytest.raises(dg.Failure, match=message):
        execute_docker_container(dg.build_op_context(), **given)  # type: ignore[arg-type]
    assert not docker_host.names()


def test_an_engine_that_is_down_says_where_it_was_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(dg.Failure, match=r"Docker engine at unix:///nowhere/docker.sock: .*; start it there"):
        execute_docker_container(dg.build_op_context(), image=IMAGE)
