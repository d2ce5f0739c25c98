"""The command line's own rules."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from headrace.cli import exit_codes
from headrace.cli.failures import exit_code_of, report
from headrace.cli.main import root, run
from headrace.cli.options import read_config, read_tags
from headrace.cli.output import console, plain_value, write_fields, write_table
from headrace.client import Run, RunState
from headrace.errors import (
    FailedPreconditionError,
    InternalError,
    InvalidArgumentError,
    NotAnsweringError,
    RunNotFoundError,
    UnauthenticatedError,
    UnavailableError,
)

# What only running something may load.
HEAVY = ("grpc", "google.protobuf", "rich", "yaml", "pydantic", "headrace.client", "headrace_services", "sqlalchemy")


def commands(command: click.Command, path: str = "headrace") -> dict[str, click.Command]:
    found = {path: command}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, f"{path} {name}"
            found |= commands(inner, f"{path} {name}")
    return found


def test_every_command_says_what_it_does() -> None:
    for path, command in commands(root).items():
        assert command.help, path


def test_every_command_that_asks_headrace_or_looks_at_something_answers_programs() -> None:
    found = {path: {parameter.name for parameter in command.params} for path, command in commands(root).items()}
    looking = {path for path in found if path.rpartition(" ")[2] in ("info", "check", "validate", "execute")}
    asking = {path for path, options in found.items() if "target" in options}
    assert len(asking) > 40 and len(looking) >= 4
    silent = {path for path in asking | looking if "json_output" not in found[path]}
    assert silent == {"headrace run logs"}  # what a step wrote, as it wrote it


def test_help_loads_nothing_that_only_running_needs() -> None:
    code = (
        "import json, sys\nfrom headrace.cli.main import run\nrun(['--help'])\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RunNotFoundError("no"), exit_codes.NOT_FOUND),
        (UnavailableError("no"), exit_codes.UNREACHABLE),
        (InvalidArgumentError("no"), exit_codes.REFUSED),
        (FailedPreconditionError("no"), exit_codes.REFUSED),
        (UnauthenticatedError("no"), exit_codes.DENIED),
        (InternalError("no"), exit_codes.BUG),
        (ValueError("no"), exit_codes.USAGE),
        (RuntimeError("no"), exit_codes.BUG),
    ],
)
def test_every_error_has_its_status(error: Exception, code: int) -> None:
    assert exit_code_of(error) == code


def test_every_wrong_field_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    report(InvalidArgumentError("2 fields are wrong", violations={"ops.a": "not an op", "ops.b": "no number"}))
    assert capsys.readouterr().err.splitlines() == [
        "error: 2 fields are wrong",
        "  ops.a: not an op",
        "  ops.b: no number",
    ]


def test_whether_anything_runs_is_asked_only_where_nothing_answered(capsys: pytest.CaptureFixture[str]) -> None:
    report(NotAnsweringError("nothing answers at 127.0.0.1:1: Connection refused"))
    assert "Is `headrace dev` running?" in capsys.readouterr().err
    report(UnavailableError("a service behind the one that was called is missing"))
    assert "headrace dev" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "document"),
    [
        (
            InvalidArgumentError(violations={"ops.a": "not an op"}),
            {
                "code": "INVALID_ARGUMENT",
                "reason": "BAD_FIELD",
                "message": "ops.a: not an op",
                "metadata": {},
                "violations": {"ops.a": "not an op"},
            },
        ),
        (click.UsageError("what?"), {"code": "UNKNOWN", "reason": "UsageError", "message": "what?"}),
        (KeyboardInterrupt(), {"code": "UNKNOWN", "reason": "KeyboardInterrupt", "message": "interrupted"}),
        (RuntimeError("no"), {"code": "UNKNOWN", "reason": "RuntimeError", "message": "no"}),
    ],
)
def test_programs_are_told_errors_as_json(
    capsys: pytest.CaptureFixture[str], error: BaseException, document: dict[str, object]
) -> None:
    report(error, json_output=True)
    assert json.loads(capsys.readouterr().err) == {"error": document}


def test_a_command_of_the_services_extra_asks_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "headrace_services.dev.commands.serve", None)
    assert run(["serve", "storage"]) == exit_codes.REFUSED
    assert "install headrace[services]" in capsys.readouterr().err


def test_configuration_files_add_to_each_other(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.json"
    first.write_text("ops: {a: {config: {x: 1, y: 2}}}")
    second.write_text('{"ops": {"a": {"config": {"y": 3}}}, "execution": {}}')
    assert read_config([first, second], None) == {"ops": {"a": {"config": {"x": 1, "y": 3}}}, "execution": {}}
    assert read_config([], None) is None
    assert read_config([], "{}") == {}


@pytest.mark.parametrize("text", ["[1]", "nothing", '"a"'])
def test_configuration_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError):
        read_config([], text)


def test_tags_are_pairs() -> None:
    assert read_tags(["a=1", "b=x=y"]) == {"a": "1", "b": "x=y"}
    for wrong in ("a", "=1"):
        with pytest.raises(click.UsageError, match="KEY=VALUE"):
            read_tags([wrong])


def test_results_become_json() -> None:
    found = plain_value(Run("id", "here", "job", RunState.FAILED, tags={"a": "1"}, asset_selection=("a/b",)))
    assert (found["state"], found["tags"], found["asset_selection"]) == ("failed", {"a": "1"}, ["a/b"])
    json.dumps(found)


@pytest.mark.parametrize("text", ["headrace[k8s]", "[/no] [bold]tag", ":smile: at 12:30"])
def test_what_users_write_is_no_markup(capsys: pytest.CaptureFixture[str], text: str) -> None:
    console().print(text)
    write_table(("Name",), [(text,)], empty="")
    write_fields([("Name", text)])
    assert capsys.readouterr().out.count(text) == 3
