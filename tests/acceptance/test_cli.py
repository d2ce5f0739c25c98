"""The command line against a running Headrace, and without one."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from rig.cli import run_cli
from rig.dev import NUMBERS, DevInstance
from rig.ports import free_port

FAILING = """
    import headrace as dg

    @dg.op(config_schema={"limit": int})
    def divide(context):
        print("dividing by", context.op_config["limit"])
        return 1 / context.op_config["limit"]

    @dg.job
    def fail():
        divide()
"""


@pytest.fixture(scope="module")
def done(numbers_dev: DevInstance) -> dict[str, Any]:
    """A run that has succeeded."""
    answer = numbers_dev.cli("job", "launch", "process_numbers", "--tag", "team=a", "--json")
    assert answer.code == 0, answer.err
    found: dict[str, Any] = answer.json
    return found


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    path = tmp_path / "failing.py"
    path.write_text(textwrap.dedent(FAILING))
    return path


def test_a_job_is_launched_and_followed(numbers_dev: DevInstance) -> None:
    answer = numbers_dev.cli("job", "launch", "process_numbers")
    assert answer.code == 0, answer.err
    assert "sum_two_sums  succeeded" in answer.out
    assert answer.out.splitlines()[-1].endswith("run succeeded")


def test_a_launched_job_is_one_document_for_programs(done: dict[str, Any]) -> None:
    assert done["state"] == "succeeded"
    assert done["tags"]["team"] == "a"
    assert done["finish_time"]


def test_a_detached_job_is_waited_for_later(numbers_dev: DevInstance) -> None:
    made = numbers_dev.cli("job", "launch", "process_numbers_asset", "--detach", "--json").json
    events = numbers_dev.cli("run", "watch", made["run_id"], "--json").lines
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["detail"]["state"] == "succeeded"


def test_runs_are_listed_and_shown(numbers_dev: DevInstance, done: dict[str, Any]) -> None:
    listed = numbers_dev.cli("run", "list", "--tag", "team=a", "--json").json
    assert [run["run_id"] for run in listed] == [done["run_id"]]
    assert done["run_id"] in numbers_dev.cli("run", "list", "--state", "succeeded").out
    assert "process_numbers" in numbers_dev.cli("run", "show", done["run_id"]).out


def test_what_a_step_wrote_is_read(numbers_dev: DevInstance, done: dict[str, Any]) -> None:
    answer = numbers_dev.cli("run", "logs", done["run_id"], "generate_numbers")
    assert (answer.code, answer.out) == (0, "")
    missing = numbers_dev.cli("run", "logs", done["run_id"], "nothing")
    assert missing.code == 3
    assert "has written no log" in missing.err


def test_a_run_is_retried(numbers_dev: DevInstance, done: dict[str, Any]) -> None:
    again = numbers_dev.cli("run", "retry", done["run_id"], "--all-steps", "--json").json
    assert (again["state"], again["parent_run_id"]) == ("succeeded", done["run_id"])


def test_what_is_to_be_retried_is_said_once(numbers_dev: DevInstance, done: dict[str, Any]) -> None:
    steps = numbers_dev.cli("run", "retry", done["run_id"], "--steps", "generate_numbers,sum_two_sums", "--json")
    assert steps.json["step_keys"] == ["generate_numbers", "sum_two_sums"]
    assert steps.json["state"] == "succeeded"
    assert numbers_dev.cli("run", "retry", done["run_id"], "--from-failure").code == 5
    both = numbers_dev.cli("run", "retry", done["run_id"], "--all", "--from-failure")
    assert both.code == 2
    assert "give one of" in both.err


def test_a_waiting_run_tells_why_and_a_finished_one_waits_for_nothing(
    numbers_dev: DevInstance, done: dict[str, Any]
) -> None:
    assert "waits for nothing" in numbers_dev.cli("run", "why", done["run_id"]).out
    assert numbers_dev.cli("run", "why", done["run_id"], "--json").json["waits"] == []
    unknown = numbers_dev.cli("run", "why", "nobody")
    assert unknown.code == 3
    assert "there is no run nobody" in unknown.err


def test_pools_are_limited_shown_and_given_back_to_the_file(numbers_dev: DevInstance) -> None:
    assert "has 3 slots" in numbers_dev.cli("pool", "set", "db", "3").out
    shown = numbers_dev.cli("pool", "show", "db", "--json").json
    assert (shown["limit"], shown["limit_source"], shown["held_count"], shown["steps"]) == (3, "set", 0, [])
    assert "set by command" in numbers_dev.cli("pool", "list").out
    assert "any number" in numbers_dev.cli("pool", "set", "db", "--default").out
    assert numbers_dev.cli("pool", "list", "--json").json == []
    assert numbers_dev.cli("pool", "set", "db").code == 2


def test_a_run_is_deleted(numbers_dev: DevInstance) -> None:
    made = numbers_dev.cli("job", "launch", "process_numbers", "--json").json
    answer = numbers_dev.cli("run", "delete", made["run_id"], "--yes", "--json")
    assert (answer.code, answer.json) == (0, {"run_id": made["run_id"]})
    assert numbers_dev.cli("run", "show", made["run_id"]).code == 3


def test_jobs_assets_and_locations_are_listed(numbers_dev: DevInstance) -> None:
    jobs = {job["name"]: job for job in numbers_dev.cli("job", "list", "--json").json}
    assert len(jobs["process_numbers"]["ops"]) == 6
    assets = {asset["key"]: asset for asset in numbers_dev.cli("asset", "list", "--group", "numbers", "--json").json}
    assert sorted(assets["summed_two_sums"]["dependencies"]) == ["summed_even_numbers", "summed_odd_numbers"]
    assert numbers_dev.cli("location", "list", "--json").json[0]["state"] == "loaded"
    for noun in ("job", "asset", "location", "schedule", "sensor"):
        assert numbers_dev.cli(noun, "list").code == 0


def test_assets_are_materialized(numbers_dev: DevInstance) -> None:
    answer = numbers_dev.cli("asset", "materialize", "generated_numbers")
    assert answer.code == 0, answer.err
    assert "materialized generated_numbers" in answer.out


def test_a_schedule_is_switched_previewed_and_triggered(numbers_dev: DevInstance) -> None:
    name = "process_numbers_schedule"
    assert numbers_dev.cli("schedule", "start", name, "--json").json["state"] == "running"
    assert numbers_dev.cli("schedule", "stop", name, "--json").json["state"] == "stopped"
    assert len(numbers_dev.cli("schedule", "preview", name, "-n", "3", "--json").json) == 3
    dry = numbers_dev.cli("schedule", "trigger", name, "--dry-run", "--json").json
    assert len(dry["requested_runs"]) == 1
    assert dry["tick"]["run_ids"] == []
    made = numbers_dev.cli("schedule", "trigger", name, "--json").json
    assert len(made["tick"]["run_ids"]) == 1
    assert numbers_dev.cli("schedule", "ticks", name, "--json").json[0]["result"] == "succeeded"


def test_a_sensor_is_switched_and_triggered(numbers_dev: DevInstance) -> None:
    name = "check_file_sensor"
    assert numbers_dev.cli("sensor", "start", name, "--json").json["state"] == "running"
    assert numbers_dev.cli("sensor", "stop", name, "--json").json["state"] == "stopped"
    evaluation = numbers_dev.cli("sensor", "trigger", name, "--json").json
    assert evaluation["tick"]["result"] == "skipped"
    assert numbers_dev.cli("sensor", "cursor", name, "--set", "here", "--json").json["cursor"] == "here"
    assert numbers_dev.cli("sensor", "cursor", name).out.strip() == "here"
    assert numbers_dev.cli("sensor", "ticks", name).code == 0


def test_a_location_is_reloaded(numbers_dev: DevInstance) -> None:
    answer = numbers_dev.cli("location", "reload", "numbers")
    assert answer.code == 0, answer.err
    assert "loaded with 12 definitions" in answer.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("job", "launch", "proces_numbers"), 3, "did you mean 'process_numbers'"),
        (("run", "show", "nothing"), 3, "there is no run nothing"),
        (("schedule", "start", "process_number_schedule"), 3, "did you mean 'process_numbers_schedule'"),
        (("sensor", "start", "check"), 3, "there is no sensor 'check'"),
        (("location", "reload", "number"), 3, "did you mean 'numbers'"),
        (("run", "list", "--state", "done"), 2, "'done' is no state of a run"),
        (("job", "launch", "process_numbers", "--config-json", "{"), 2, "--config-json is no JSON"),
        (("job", "launch", "process_numbers", "--tag", "team"), 2, "is no KEY=VALUE"),
        (("job", "launch", "process_numbers", "--location", "other"), 3, "there is no code location 'other'"),
        (("job", "lunch"), 2, "there is no command 'lunch'; did you mean 'launch'?"),
    ],
)
def test_an_error_is_a_sentence_and_a_status(
    numbers_dev: DevInstance, arguments: tuple[str, ...], code: int, words: str
) -> None:
    answer = numbers_dev.cli(*arguments)
    assert words in answer.err
    assert answer.code == code
    assert "Traceback" not in answer.err


def test_wrong_configuration_is_told_with_the_path_to_the_field(failing: Path) -> None:
    config = '{"ops": {"divide": {"config": {"limit": "none"}}}}'
    answer = run_cli("job", "execute", "fail", "-f", failing, "--config-json", config)
    assert answer.code == 5
    assert "ops.divide.config.limit" in answer.err.replace(":", ".")
    assert "running" not in answer.out


def test_nothing_that_answers_is_told_with_the_remedy() -> None:
    target = f"127.0.0.1:{free_port()}"
    answer = run_cli("run", "list", "--target", target, env={"HEADRACE_PATIENCE": "1"})
    assert answer.code == 4
    assert target in answer.err
    assert "trying for" in answer.err
    assert "--target" in answer.err


def test_a_traceback_is_shown_when_it_is_asked_for() -> None:
    answer = run_cli(
        "run", "list", "--target", f"127.0.0.1:{free_port()}", env={"HEADRACE_DEBUG": "1", "HEADRACE_PATIENCE": "0"}
    )
    assert "Traceback" in answer.err


def test_a_job_is_executed_without_services(tmp_path: Path) -> None:
    home = {"HEADRACE_HOME": str(tmp_path)}
    answer = run_cli("job", "execute", "process_numbers", "-f", NUMBERS, env=home)
    assert answer.code == 0, answer.err
    assert "sum_two_sums  succeeded" in answer.out
    first, second, *_ = answer.out.splitlines()
    assert first.endswith("run running") and first.split()[0] <= second.split()[0]


def test_a_job_that_fails_here_ends_with_1(failing: Path, tmp_path: Path) -> None:
    config = '{"ops": {"divide": {"config": {"limit": 0}}}}'
    answer = run_cli(
        "job", "execute", "-f", failing, "--config-json", config, "--json", env={"HEADRACE_HOME": str(tmp_path)}
    )
    assert answer.code == 1
    assert answer.json["state"] == "failed"
    assert "ZeroDivisionError" in str(answer.json["failure"])
    assert "dividing by 0" in answer.err


def test_assets_are_materialized_without_services(tmp_path: Path) -> None:
    home = {"HEADRACE_HOME": str(tmp_path)}
    answer = run_cli("asset", "materialize", "-f", NUMBERS, "--select", "generated_numbers+1", env=home)
    assert answer.code == 0, answer.err
    assert "materialized filtered_even_numbers" in answer.out
    assert "summed_even_numbers" not in answer.out


def test_assets_of_a_deployment_are_selected_as_in_code(numbers_dev: DevInstance) -> None:
    answer = numbers_dev.cli("asset", "materialize", "--select", "generated_numbers+1", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["asset_selection"] == ["filtered_even_numbers", "filtered_odd_numbers", "generated_numbers"]
    nothing = numbers_dev.cli("asset", "materialize", "--select", "group:nothing")
    assert (nothing.code, nothing.err) == (5, "error: no asset is selected by 'group:nothing'\n")


def test_definitions_are_validated(tmp_path: Path) -> None:
    assert run_cli("definitions", "validate", "-f", NUMBERS, "--json").json == {
        "valid": True,
        "jobs": 2,
        "assets": 6,
        "schedules": 2,
        "sensors": 1,
    }
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import headrace as dg\n\n\n@dg.asset\ndef one(two):\n    return two\n\n\n@dg.asset\ndef two(one):\n    return one\n"
    )
    answer = run_cli("definitions", "validate", "-f", broken)
    assert answer.code == 1
    assert "cycle" in answer.err.lower() or "themselves" in answer.err.lower()
    assert "Traceback" not in answer.err


def test_code_that_cannot_be_loaded_is_told_once_with_its_place(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def broken(:\n")
    answer = run_cli("definitions", "validate", "-f", wrong)
    assert (answer.code, answer.err.count(str(wrong))) == (1, 1)
    assert f"{wrong}:1: SyntaxError" in answer.err
    assert "is a directory: name a file in it" in run_cli("definitions", "validate", "-f", tmp_path).err


def test_every_location_of_a_workspace_is_validated(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("import headrace as dg\n\n\n@dg.asset\ndef one():\n    return 1\n")
    (tmp_path / "bad.py").write_text("def broken(:\n")
    (tmp_path / "workspace.yaml").write_text(
        "load_from:\n"
        "  - python_file: good.py\n"
        "  - python_file: {relative_path: bad.py, location_name: bad}\n"
        "  - python_file: {relative_path: good.py, location_name: other, executable_path: /nothing/python}\n"
        "  - grpc_server: {host: 127.0.0.1, port: 1}\n"
    )
    answer = run_cli("definitions", "validate", "--json", cwd=tmp_path)
    assert answer.code == 1
    assert answer.json["good.py"] == {"valid": True, "jobs": 0, "assets": 1, "schedules": 0, "sensors": 0}
    assert "bad.py:1: SyntaxError" in answer.json["bad"]["problem"]
    assert "/nothing/python" in answer.json["other"]["problem"]
    assert len(answer.json) == 3


def test_an_instance_is_shown_and_checked(tmp_path: Path) -> None:
    (tmp_path / "headrace.yaml").write_text("run_queue:\n  max_concurrent_runs: 3\n")
    home = {"HEADRACE_HOME": str(tmp_path)}
    assert "at most 3 at once" in run_cli("instance", "info", env=home).out
    assert run_cli("instance", "check", env=home).code == 0
    (tmp_path / "headrace.yaml").write_text(
        "run_launcher:\n  module: dagster_k8s\n  class: K8sRunLauncher\n  config: {job_namespace: {env: NOWHERE}}\n"
    )
    answer = run_cli("instance", "check", env=home)
    assert answer.code == 1
    assert "run_launcher: job_namespace: the environment variable NOWHERE is not set" in answer.out


def test_any_instance_file_is_checked_entry_by_entry() -> None:
    seed = Path(__file__).parents[1] / "unit" / "kit" / "config" / "seed_instance.yaml"
    answer = run_cli("instance", "check", str(seed))
    assert answer.code == 1
    entries = {line.split()[0]: line for line in answer.out.splitlines() if line and not line.startswith("/")}
    for key in yaml.safe_load(seed.read_text()):
        assert key in entries, answer.out
    assert "nothing is sent anywhere" in entries["telemetry"]
    assert "root123!" not in answer.out


def test_an_instance_that_is_not_there_is_named(tmp_path: Path) -> None:
    answer = run_cli("instance", "info", cwd=tmp_path, env={"HEADRACE_HOME": str(tmp_path / "nothing")})
    assert answer.code == 5
    assert "there is no such directory" in answer.err


def test_services_apart_are_told_that_they_start_no_code(tmp_path: Path) -> None:
    answer = run_cli("serve", "coordinator", "-f", NUMBERS, env={"HEADRACE_HOME": str(tmp_path)})
    assert answer.code == 5
    assert "headrace codeloc serve" in answer.err


def test_a_service_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    answer = run_cli("serve", "store", env={"HEADRACE_HOME": str(tmp_path)})
    assert answer.code == 2
    assert "storage" in answer.err


def test_help_names_every_command_and_status() -> None:
    text = run_cli("--help").out
    for word in ("dev", "serve", "codeloc", "job", "asset", "run", "schedule", "sensor", "location", "instance"):
        assert f"\n  {word} " in text
    assert "Exit status" in text
    assert run_cli("--version").out.startswith("headrace ")
