"""The example of a code location in JavaScript: its workers execute runs, and what is promised of runs holds for them."""

from __future__ import annotations

import os
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace.client import Client
from rig.cli import run_cli
from rig.pages import blocks
from rig.ports import free_port
from rig.processes import Supervisor
from rig.waiting import wait_until

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/codeloc-node"
PACKAGES = ROOT / "tests/contract/node/node_modules"
LEASE_SECONDS = 15


SLOW = """
const make = () => new Promise((done) => setTimeout(done, 60000));
module.exports = { assets: { slow: { from: [], make } }, jobs: { nap: { assets: ["slow"] } }, schedules: {} };
"""


@pytest.fixture
def client(
    request: pytest.FixtureRequest, supervisor: Supervisor, headrace_home: Path, tmp_path: Path
) -> Iterator[Client]:
    """A client of a Headrace with the example as its only location, or with other code in its place."""
    assert PACKAGES.is_dir(), "the Node packages are not installed; run `make setup`"
    env = {"NODE_PATH": str(PACKAGES)}
    if code := getattr(request, "param", ""):
        (tmp_path / "pipeline.js").write_text(code, encoding="utf-8")
        env["PIPELINE"] = str(tmp_path / "pipeline.js")
    location = supervisor.start("node-location", ["node", EXAMPLE / "location.js", "0"], env=env)
    port = location.wait_for_output(r"listening on (\d+)")[1]
    workspace = tmp_path / "workspace.yaml"
    text = (EXAMPLE / "workspace.yaml").read_text(encoding="utf-8")
    workspace.write_text(text.replace("4276", port), encoding="utf-8")
    target = free_port()
    supervisor.headrace("dev", "-w", workspace, "--grpc-port", str(target), "--port", str(free_port()))
    with Client(f"127.0.0.1:{target}") as client:
        wait_until(lambda: loaded(client), what="the location being loaded", retry_on=(Exception,))
        yield client


def loaded(client: Client) -> bool:
    return [location.state for location in client.locations.list()] == ["loaded"]


def kinds(client: Client, run_id: str) -> list[str]:
    return [event.kind for event in client.events(run_id)]


def test_its_workers_execute_runs(client: Client) -> None:
    run = client.wait(client.submit_job("sum_numbers").run_id, timeout=30)
    assert run.succeeded, run
    assert client.assets.get("total").materialization_count == 1
    again = client.wait(client.materialize(["total"]).run_id, timeout=30)
    assert kinds(client, again.run_id).count("asset_materialized") == 1
    messages = [event.message for event in client.events(again.run_id)]
    assert any("the total is 110" in message for message in messages)


@pytest.mark.parametrize("client", [SLOW], indirect=True)
def test_a_worker_that_is_killed_is_noticed_before_its_lease_ends(client: Client) -> None:
    run = client.submit_job("nap")
    os.kill(wait_until(lambda: worker_of(client, run.run_id), what="a worker at work"), signal.SIGKILL)
    ended = client.wait(run.run_id, timeout=LEASE_SECONDS - 5)
    assert ended.failure is not None and ended.failure.type == "WORKER_LOST", ended


@pytest.mark.parametrize("client", [SLOW], indirect=True)
def test_a_run_is_canceled(client: Client) -> None:
    run = client.submit_job("nap")
    wait_until(lambda: worker_of(client, run.run_id), what="a worker at work")
    client.cancel(run.run_id)
    assert str(client.wait(run.run_id, timeout=60).state) == "canceled"


def test_the_commands_of_its_page_do_what_they_are_for(client: Client) -> None:
    (page, *_), (readme, *_) = blocks("other-languages.md", "bash"), blocks("../examples/codeloc-node/README.md")
    commands = [shlex.split(line, comments=True) for line in page.splitlines()]
    assert commands == [shlex.split(line, comments=True) for line in readme.splitlines()]
    asked = [command[1:] for command in commands if command[0] == "headrace" and command[1] != "dev"]
    answers = [run_cli(*command, env={"HEADRACE_TARGET": client.target}) for command in asked]
    assert [answer.code for answer in answers] == [0, 0], answers
    assert "Materialized  1 times" in answers[1].out


def worker_of(client: Client, run_id: str) -> int:
    run = client.get_run(run_id)
    return int(run.worker.rpartition(" ")[2]) if str(run.state) == "running" else 0
