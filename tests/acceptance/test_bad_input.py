"""Whatever is wrong, what is told is what, where, and what would be right; the rest goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceStub
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.payload_pb2 import Payload
from rig import dev
from rig.broken import BROKEN, UNREACHABLE, write_workspace
from rig.cli import Answer, call_cli, run_cli
from rig.dev import DevInstance
from rig.ports import free_port
from rig.processes import Supervisor

WANTING = Path(__file__).parent / "locations/wanting.py"
SEED_INSTANCE = Path(__file__).parents[1] / "unit/kit/config/seed_instance.yaml"
NOBODY = "00000000-0000-7000-8000-000000000000"
INSTANCE = """
code_servers: {local_startup_timeout: 4}
run_queue: {max_queued_runs: 2, tag_concurrency_limits: [{key: stuck, limit: 0}]}
"""


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    """A Headrace of which one location loads, and ten do not."""
    directory = tmp_path_factory.mktemp("bad")
    home = directory / "home"
    home.mkdir()
    (home / "headrace.yaml").write_text(INSTANCE)
    supervisor = Supervisor(directory)
    try:
        yield dev.start(supervisor, home, "-w", write_workspace(directory, wanting=WANTING))
    finally:
        supervisor.close()


def assert_told(answer: Answer, code: int, words: str) -> None:
    assert words in answer.err
    assert answer.code == code
    assert "Traceback" not in answer.err + answer.out


@pytest.mark.parametrize("name", BROKEN)
def test_code_that_does_not_load_is_told_with_its_file_and_line(instance: DevInstance, name: str) -> None:
    broken = BROKEN[name]
    with instance.client() as client:
        (location,) = [each for each in client.locations.list() if each.name == name]
    failure = location.failure
    assert failure is not None
    assert (location.state, failure.type, failure.line) == ("failed", broken.type, broken.line)
    assert failure.file.endswith(f"/{name}.py")
    assert broken.words in failure.message
    place = f"{failure.file}:{broken.line}: " if broken.line else ""
    assert f"✗ {place}{broken.type}: " in instance.process.output()


def test_other_locations_and_all_services_go_on(instance: DevInstance) -> None:
    assert instance.cli("job", "launch", "simple").code == 0
    listed = {each["name"]: each["state"] for each in instance.cli("location", "list", "--json").json}
    assert listed == {**dict.fromkeys(BROKEN, "failed"), "wanting": "loaded", UNREACHABLE: "unreachable"}


LIMIT = "run_config.ops.count.config.limit"
REFUSED = [
    ("job launch simpel --location wanting", 3, "NOT_FOUND TARGET_NOT_FOUND", "did you mean 'simple'"),
    ("job launch simple --location wantig", 3, "NOT_FOUND LOCATION_NOT_FOUND", "did you mean 'wanting'"),
    ("job launch simple --location syntax", 5, "FAILED_PRECONDITION LOCATION_NOT_LOADED", "syntax.py:3)"),
    (
        "job launch simple --location unreachable",
        4,
        "UNAVAILABLE LOCATION_UNREACHABLE",
        "nothing answers at 127.0.0.1:",
    ),
    ("job launch counting", 5, "INVALID_ARGUMENT BAD_FIELD", 'Missing required config entry "ops" at the root'),
    (
        'job launch counting --config-json {"ops":{"count":{"config":{"limit":"many"}}}}',
        5,
        "INVALID_ARGUMENT BAD_FIELD",
        f"{LIMIT}: Invalid scalar at path",
    ),
    (
        'job launch simple --config-json {"ops":{"two":{}}}',
        5,
        "INVALID_ARGUMENT BAD_FIELD",
        'run_config.ops.two: Received unexpected config entry "two" at path root:ops',
    ),
    ("job launch simple --op two", 3, "NOT_FOUND TARGET_NOT_FOUND", "Job 'simple' has no op 'two'"),
    ("job launch simple --tag headrace/priority=high", 5, "INVALID_ARGUMENT BAD_FIELD", "'high' is no priority"),
    ("job launch simple --tag team", 2, "", "'team' is no KEY=VALUE"),
    ("job launch simple --config nothing.yaml", 2, "", "'nothing.yaml' does not exist"),
    ("job launch simple --config-json [1]", 2, "", "run configuration is a mapping"),
    ("job launch simpel", 4, "UNAVAILABLE LOCATION_UNREACHABLE", "did you mean 'simple'? (cron, cycle, "),
    ("asset materialize raw_order --location wanting", 3, "NOT_FOUND TARGET_NOT_FOUND", "did you mean 'raw_orders'"),
    (
        "asset materialize orders_by_region --partition west",
        3,
        "NOT_FOUND TARGET_NOT_FOUND",
        "Could not find a partition with key `west`: there are 'north', 'south'",
    ),
    (
        "asset materialize orders_by_region --partition-range north...west",
        3,
        "NOT_FOUND TARGET_NOT_FOUND",
        "Could not find a partition with key `west`: there are 'north', 'south'",
    ),
    (
        "job launch simple --partition west",
        5,
        "INVALID_ARGUMENT BAD_FIELD",
        "partition_key: Job 'simple' is not partitioned",
    ),
    (f"run show {NOBODY}", 3, "NOT_FOUND RUN_NOT_FOUND", f"there is no run {NOBODY}"),
    ("run watch nothing", 3, "NOT_FOUND RUN_NOT_FOUND", "there is no run nothing"),
    ("run cancel nothing", 3, "NOT_FOUND RUN_NOT_FOUND", "there is no run nothing"),
    ("run retry nothing", 3, "NOT_FOUND RUN_NOT_FOUND", "there is no run nothing"),
    ("run list --state over", 2, "", "'over' is no state of a run; there are"),
    ("schedule start misconfigure", 3, "NOT_FOUND TARGET_NOT_FOUND", "did you mean 'misconfigured'"),
    ("schedule preview nothing", 3, "NOT_FOUND TARGET_NOT_FOUND", "there is no schedule 'nothing'"),
    ("sensor trigger nothing", 3, "NOT_FOUND TARGET_NOT_FOUND", "there is no sensor 'nothing'"),
    ("location reload nothing", 3, "NOT_FOUND LOCATION_NOT_FOUND", "there is no code location 'nothing'"),
    ("location relaod wanting", 2, "", "did you mean 'reload'"),
]


@pytest.mark.parametrize(("command", "code", "reason", "words"), REFUSED, ids=[each[0][:50] for each in REFUSED])
def test_a_request_that_cannot_be_is_refused_with_a_reason(
    instance: DevInstance, command: str, code: int, reason: str, words: str
) -> None:
    assert_told(instance.cli(*command.split()), code, words)
    told = instance.cli(*command.split(), "--json")
    assert told.code == code
    assert words in told.error["message"]
    if reason:
        assert f"{told.error['code']} {told.error['reason']}" == reason


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("location reload cycle", "cycle.py:5"),
        ("schedule trigger misconfigured", f"{LIMIT}: Invalid scalar at path"),
        ("sensor trigger failing", "RuntimeError: no orders today"),
    ],
)
def test_code_of_the_user_that_fails_is_no_error_of_the_call(instance: DevInstance, command: str, words: str) -> None:
    answer = instance.cli(*command.split())
    assert (answer.code, answer.err) == (1, "")
    assert words in answer.out


def refusal(error: grpc.RpcError) -> tuple[str, error_details_pb2.ErrorInfo, error_details_pb2.BadRequest]:
    """Returns what any client of gRPC can read of an error."""
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    info, fields = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for each in status_pb2.Status.FromString(details).details:
        any(each.Unpack(part) for part in (info, fields))
    assert info.domain == "headrace"
    return error.code().name, info, fields


def create_run(target: str, **fields: object) -> pb.CreateRunResponse:
    with grpc.insecure_channel(target) as channel:
        response: pb.CreateRunResponse = RunServiceStub(channel).CreateRun(pb.CreateRunRequest(**fields), timeout=10)  # type: ignore[arg-type]
        return response


def test_a_wrong_field_is_told_to_programs_by_its_path(instance: DevInstance) -> None:
    config = json.dumps({"ops": {"count": {"config": {"limit": [], "size": 1}}}})
    with pytest.raises(grpc.RpcError) as caught:
        create_run(instance.target, job_name="counting", run_config=Payload(media_type="application/json", text=config))
    code, info, bad = refusal(caught.value)
    assert (code, info.reason) == ("INVALID_ARGUMENT", "BAD_FIELD")
    assert {each.field for each in bad.field_violations} == {LIMIT, "run_config.ops.count.config.size"}


def test_a_full_queue_takes_no_more_runs(instance: DevInstance) -> None:
    stuck = {"job_name": "simple", "tags": [Tag(key="stuck", value="1")]}
    waiting = [create_run(instance.target, **stuck).run.run_id for _ in range(2)]
    with pytest.raises(grpc.RpcError) as caught:
        create_run(instance.target, **stuck)
    code, info, _ = refusal(caught.value)
    assert (code, info.reason) == ("RESOURCE_EXHAUSTED", "QUEUE_FULL")
    assert_told(instance.cli("job", "launch", "simple"), 5, "2 runs are queued already, and no more than 2 may be")
    for run_id in waiting:
        assert instance.cli("run", "cancel", run_id, "--wait").code == 0
    assert instance.cli("job", "launch", "simple").code == 0


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("run_queue:\n  max_concurrent_runs: [1\n", "headrace.yaml:3:1", "expected ',' or ']'"),
        (
            "run_queue:\n  max_concurrent_runs: many\n",
            "headrace.yaml:2:3",
            "run_queue.max_concurrent_runs: expected a whole number, got 'many'",
        ),
        ("run_queue:\n  max_concurent_runs: 3\n", "headrace.yaml:2:3", "did you mean max_concurrent_runs?"),
        ("- one\n", "headrace.yaml:1:1", "expected keys with values, got a list"),
    ],
)
def test_an_instance_file_that_is_wrong_is_told_with_line_and_column(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    (tmp_path / "headrace.yaml").write_text(text)
    answer = call_cli("instance", "check", "--home", tmp_path)
    assert_told(answer, 5, place)
    assert words in answer.err


def test_a_class_whose_module_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "headrace.yaml").write_text("run_launcher: {module: nothing.here, class: Launcher}\n")
    checked = call_cli("instance", "check", "--home", tmp_path, "--json")
    assert checked.code == 1
    [obstacle] = checked.json["obstacles"]
    assert (obstacle["key"], obstacle["verdict"]) == ("run_launcher", "missing")
    assert "nothing.here.Launcher" in obstacle["text"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["binary", "directory"])
def test_an_instance_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "headrace.yaml"
    file.mkdir() if content is None else file.write_bytes(content)
    assert_told(run_cli("serve", "storage", "--home", tmp_path), 5, "headrace.yaml")


def test_a_port_in_use_is_told_by_everything_that_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for command in (
            ("serve", "storage", "--home", tmp_path, "--listen", address, "--metrics", "127.0.0.1:0"),
            ("serve", "storage", "--home", tmp_path, "--listen", "127.0.0.1:0", "--metrics", address),
            ("codeloc", "serve", "-f", WANTING, "--address", address),
        ):
            assert_told(run_cli(*command), 1 if command[0] == "codeloc" else 5, f"cannot listen on {address}")


def test_a_database_that_somebody_else_has_is_told_at_once(instance: DevInstance) -> None:
    ports = ("--grpc-port", free_port(), "--port", free_port())
    answer = run_cli("dev", "-f", WANTING, "--home", instance.home, *map(str, ports))
    assert_told(answer, 5, "another process has the database")
    assert "--grpc-port" not in answer.err


def test_a_file_where_the_directory_of_the_database_is_to_be_is_told_by_the_check_and_by_the_start(
    tmp_path: Path,
) -> None:
    (tmp_path / "taken").touch()
    (tmp_path / "headrace.yaml").write_text("storage: {sqlite: {base_dir: taken}}")
    checked = run_cli("instance", "check", "--home", tmp_path)
    assert checked.code == 1
    assert "taken is a file" in checked.out
    started = run_cli("dev", "-f", WANTING, "--home", tmp_path, "--grpc-port", "0", "--port", "0")
    assert_told(started, 5, "a file is where its directory is to be")


def test_an_instance_file_says_entry_by_entry_what_it_resolves_to_and_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(SEED_INSTANCE.read_text())
    checked = call_cli("instance", "check", "--home", tmp_path, "--json")
    assert checked.code == 1
    assert [obstacle["key"] for obstacle in checked.json["obstacles"]] == ["storage.postgres_db.password"]
    told = call_cli("instance", "check", "--home", tmp_path).out
    assert "dagster_k8s.K8sRunLauncher → workers in k8s" in told
    assert "dagster_obstore.s3.compute_log_manager.S3ComputeLogManager → objects below compute-log/storage" in told
    shown = call_cli("instance", "info", "--home", tmp_path)
    assert shown.code == 0
    assert "PostgreSQL dagster at postgresql.postgresql:5432" in shown.out
    assert "root123!" not in shown.out
    assert_told(run_cli("serve", "gateway", "--home", tmp_path), 5, "DAGSTER_PG_PASSWORD is not set")
