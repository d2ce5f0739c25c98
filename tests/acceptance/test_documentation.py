"""What the documentation says is so: its commands run as they stand there, its examples load, its tables are complete."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import click
import pytest

from headrace.api.codeloc.v1.code_location_service_pb2 import DESCRIPTOR as CODE_LOCATION
from headrace.api.codeloc.v1.worker_host_service_pb2 import DESCRIPTOR as WORKER_HOST
from headrace.api.worker.v1.worker_service_pb2 import DESCRIPTOR as WORKER
from headrace.cli.main import root
from headrace.rpc.status import error_table
from rig.cli import call_cli, run_cli
from rig.dev import DevInstance, StartDev
from rig.pages import DOCS, blocks

ROOT = Path(__file__).parents[2]
BUF = Path(sys.executable).with_name("buf")


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> dict[str, click.Command]:
    """Returns all commands that do something, by the words that call them."""
    if not isinstance(command, click.Group):
        return {" ".join(path): command}
    context = click.Context(command)
    found: dict[str, click.Command] = {}
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        found |= leaves(inner, (*path, name))
    return found


def documented_commands() -> list[tuple[list[str], str]]:
    """Returns what the tables of the page about the command line say: the commands of each row, and the row."""
    rows = []
    for usage, text in re.findall(r"^\| `headrace ([^`]+)` \| (.*) \|$", (DOCS / "cli.md").read_text(), re.MULTILINE):
        words = re.match(r"[a-z|\\]+(?: [a-z|\\]+)*", usage)
        assert words is not None, usage
        *group, last = words[0].replace("\\", "").split()
        rows.append(([" ".join([*group, name]) for name in last.split("|")], f"{usage} {text}"))
    return rows


def test_every_command_is_documented_and_every_documented_one_is_there() -> None:
    assert {name for names, _ in documented_commands() for name in names} == leaves(root).keys()


def test_every_option_that_is_documented_is_there() -> None:
    commands = leaves(root)
    for names, row in documented_commands():
        if names in (["codeloc serve"], ["codeloc work"]):
            continue  # reads its command line by itself
        options = {option for name in names for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", row)) <= options, names


def test_every_reason_that_is_documented_is_there() -> None:
    rows = re.findall(r"^\| ([A-Z_]+) \| (`.*?) \|", (DOCS / "http-and-grpc.md").read_text(), re.MULTILINE)
    documented = {(code, reason) for code, reasons in rows for reason in re.findall(r"`([A-Z_]+)`", reasons)}
    assert len(documented) > 15
    assert documented <= error_table().keys()


def test_the_example_of_an_instance_file_can_be_started_with(tmp_path: Path) -> None:
    example, *_ = blocks("configuration.md", "yaml")
    (tmp_path / "headrace.yaml").write_text(example)
    answer = call_cli(
        "instance", "check", "--home", tmp_path, env={"HEADRACE_DATABASE_URL": "postgresql://localhost/headrace"}
    )
    assert answer.code == 0, answer.out + answer.err


def follow(page: str, start_dev: StartDev, directory: Path) -> DevInstance:
    """Does what a page says: its first block is the pipeline, its commands are typed one by one."""
    (directory / "pipeline.py").write_text(blocks(page, "python")[0])
    commands = [shlex.split(line, comments=True) for line in "".join(blocks(page)).splitlines()]
    mine = [command[1:] for command in commands if command[:1] == ["headrace"] and command[1] != "dev"]
    alone = [command for command in mine if "-f" in command]
    assert [command[0] for command in alone] == ["definitions", "job"]
    for command in alone:
        answer = run_cli(*command, cwd=directory, env={"HEADRACE_HOME": str(directory)})
        assert answer.code == 0, answer.err
    dev = start_dev("-f", directory / "pipeline.py")
    for command in mine:
        if command not in alone:
            answer = dev.cli(*command)
            assert answer.code == 0, f"{command} {answer.err}"
    return dev


def test_the_quickstart_runs_as_it_is_written(start_dev: StartDev, tmp_path: Path) -> None:
    dev = follow("quickstart.md", start_dev, tmp_path)
    definitions, in_tests, client = blocks("quickstart.md", "python")
    for script in (definitions + in_tests, client):
        done = subprocess.run(
            [sys.executable, "-c", script], env={"HEADRACE_TARGET": dev.target}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_who_moves_here_gets_on_as_the_page_says(start_dev: StartDev, tmp_path: Path) -> None:
    dev = follow("moving.md", start_dev, tmp_path)
    with dev.client() as client:
        made = {run.partition_key for run in client.list_runs(job_name="daily_orders")}
        assert len(made) == 8 and all(run.succeeded for run in client.list_runs())
    (told,) = [block for block in blocks("moving.md", "py") if "report_runless_asset_event" in block]
    before = "import headrace as dg\ndays_that_are_there = ['2024-01-01']\n"
    after = "assert instance.get_materialized_partitions(dg.AssetKey('orders')) == {'2024-01-01'}\n"
    done = subprocess.run(
        [sys.executable, "-c", before + told + after],
        env={"HEADRACE_TARGET": dev.target},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_the_front_page_shows_runs(start_dev: StartDev, tmp_path: Path) -> None:
    (definitions,) = blocks("../README.md", "python")
    (tmp_path / "pipeline.py").write_text(definitions)
    _, commands, *_ = blocks("../README.md")
    _, start, materialize, curl = commands.replace("\\\n", "").splitlines()
    assert start.startswith("headrace dev -f pipeline.py ")
    dev = start_dev("-f", tmp_path / "pipeline.py")
    assert dev.cli(*shlex.split(materialize, comments=True)[1:]).code == 0
    made = json.loads(shell(dev, curl, ""))
    with dev.client() as client:
        assert client.wait(made["run"]["runId"], timeout=30).succeeded


def shell(dev: DevInstance, command: str, run_id: str) -> str:
    """Runs an example of the page, against this instance and this run."""
    command = command.replace("127.0.0.1:3000", dev.web.removeprefix("http://")).replace("01a2…", run_id)
    command = command.replace("127.0.0.1:4270", dev.target)
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, timeout=30).stdout


def test_the_examples_of_calls_do_what_they_say(numbers_dev: DevInstance) -> None:
    examples = re.findall(r"^\$ ((?:.*\\\n)*.*)$", "".join(blocks("http-and-grpc.md")), re.MULTILINE)
    submit, watch, grpcurl = examples
    assert (submit[:5], watch[:5], grpcurl[:8]) == ("curl ", "curl ", "grpcurl ")
    made = json.loads(shell(numbers_dev, submit, ""))
    assert (made["created"], made["run"]["state"]) == (True, "RUN_STATE_QUEUED")
    assert {"key": "team", "value": "a"} in made["run"]["tags"]
    messages = [json.loads(line) for line in shell(numbers_dev, watch, made["run"]["runId"]).splitlines()]
    assert all(message.keys() <= {"events", "cursor", "caughtUp"} for message in messages)
    assert messages[-1]["events"][-1]["runStateChanged"]["state"] == "RUN_STATE_SUCCEEDED"
    # Another client that asks the server's reflection what it offers, as grpcurl does.
    like_grpcurl = grpcurl.replace("grpcurl -plaintext", f"{BUF} curl --protocol grpc --http2-prior-knowledge")
    again = json.loads(shell(numbers_dev, re.sub(r" (127\.\S+) (\S+)$", r" http://\1/\2", like_grpcurl), ""))
    with numbers_dev.client() as client:
        assert client.wait(again["run"]["runId"], timeout=30).succeeded


def test_the_methods_that_a_location_answers_are_those_of_the_contract() -> None:
    methods = {method.name for method in CODE_LOCATION.services_by_name["CodeLocationService"].methods}
    page = (DOCS / "other-languages.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == methods
    named = set(re.findall(r"`(\w+)`", page))
    for service in (WORKER.services_by_name["WorkerService"], WORKER_HOST.services_by_name["WorkerHostService"]):
        assert {method.name for method in service.methods} - named == set()


def test_the_backup_of_a_database_file_is_whole(tmp_path: Path) -> None:
    (tmp_path / ".headrace").mkdir()
    (command,) = [block for block in blocks("operations/upgrades-and-backups.md", "bash") if "VACUUM" in block]
    with closing(sqlite3.connect(tmp_path / ".headrace/headrace.db")) as original:
        # What was written last stands in a file beside it.
        original.executescript("PRAGMA journal_mode = WAL; CREATE TABLE runs (id); INSERT INTO runs VALUES (1)")
        python = command.replace("python ", f"{sys.executable} ", 1)
        subprocess.run(["bash", "-c", python], cwd=tmp_path, check=True, timeout=30)
    with closing(sqlite3.connect(tmp_path / "headrace-backup.db")) as backup:
        assert backup.execute("SELECT id FROM runs").fetchall() == [(1,)]


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{each.relative_to(DOCS)}" for each in DOCS.rglob("*.md"))])
def test_every_file_that_is_named_is_there(page: str) -> None:
    text = (ROOT / page).read_text()
    for name in re.findall(r"`((?:docs|examples|deploy|protos|tests|sdk|services|codeloc)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
