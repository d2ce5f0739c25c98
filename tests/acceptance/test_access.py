"""Callers with tokens and roles of their own: what each may do, and the audit of who did what."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import grpc
import pytest

from headrace.api.gateway.v1 import (
    asset_service_pb2,
    backfill_service_pb2,
    location_service_pb2,
    partition_service_pb2,
    pool_service_pb2,
    run_service_pb2,
    schedule_service_pb2,
    sensor_service_pb2,
)
from headrace.api.storage.v1.run_store_service_pb2 import ListRunsRequest
from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceStub
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.client import AuditEntry, Client
from headrace.errors import PermissionDeniedError, UnauthenticatedError
from headrace.rpc.methods import Method, method_of
from rig import dev
from rig.cli import call_cli
from rig.dev import DevInstance
from rig.processes import Supervisor
from rig.waiting import wait_until

DOOR = (
    asset_service_pb2,
    backfill_service_pb2,
    location_service_pb2,
    partition_service_pb2,
    pool_service_pb2,
    run_service_pb2,
    schedule_service_pb2,
    sensor_service_pb2,
)
CODE = """
import headrace as dg

@dg.op
def add():
    return 55

@dg.job
def process_numbers():
    add()

@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def sales():
    return 1

@dg.asset
def total():
    return 2

@dg.schedule(job=process_numbers, cron_schedule="0 0 1 1 *")
def yearly():
    return {}

@dg.sensor(job=process_numbers)
def never():
    return dg.SkipReason("never")
"""
INSTANCE = """\
auth:
  token: {env: SERVICES_TOKEN}
  callers:
    wall: {token: sees, role: viewer}
    ci: {token: {env: CI_TOKEN}, role: launcher}
    dana: {token: edits, role: editor}
    root: {token: rules, role: admin}
    tina: {token: team, role: editor, locations: [definitions.py]}
    otto: {token: other, role: admin, locations: [elsewhere]}
"""
TOKENS = {"wall": "sees", "ci": "launches", "dana": "edits", "root": "rules", "tina": "team", "otto": "other"}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevInstance]:
    home = tmp_path_factory.mktemp("access")
    (home / "headrace.yaml").write_text(INSTANCE)
    (home / "definitions.py").write_text(CODE)
    supervisor = Supervisor(home)
    try:
        yield dev.start(
            supervisor, home, "-f", home / "definitions.py", env={"SERVICES_TOKEN": "inner", "CI_TOKEN": "launches"}
        )
    finally:
        supervisor.close()


@pytest.fixture
def as_caller(instance: DevInstance) -> Iterator[Callable[[str], Client]]:
    clients: list[Client] = []

    def open_client(name: str) -> Client:
        clients.append(Client(instance.target, token=TOKENS.get(name, name)))
        return clients[-1]

    yield open_client
    for client in clients:
        client.close()


AsCaller = Callable[[str], Client]


def test_who_shows_no_token_of_anybody_gets_nowhere(as_caller: AsCaller) -> None:
    with pytest.raises(UnauthenticatedError, match="HEADRACE_TOKEN"):
        as_caller("guess").list_runs()


@pytest.mark.parametrize("name, role", [("wall", "viewer"), ("ci", "launcher"), ("dana", "editor"), ("root", "admin")])
def test_each_caller_learns_who_they_are_and_may_read(as_caller: AsCaller, name: str, role: str) -> None:
    client = as_caller(name)
    caller = client.access.caller()
    assert (caller.name, caller.role) == (name, role)
    assert "process_numbers" in {job.name for job in client.jobs.list()}


def test_each_role_may_do_what_those_before_it_may_and_no_more(as_caller: AsCaller) -> None:
    with pytest.raises(PermissionDeniedError, match="CreateRun needs the role launcher, wall has the role viewer"):
        as_caller("wall").submit_job("process_numbers")
    run = as_caller("ci").submit_job("process_numbers")
    assert as_caller("wall").wait(run.run_id, timeout=30).succeeded
    with pytest.raises(PermissionDeniedError, match="needs the role editor"):
        as_caller("ci").delete_run(run.run_id)
    as_caller("dana").delete_run(run.run_id)
    with pytest.raises(PermissionDeniedError, match="needs the role admin"):
        as_caller("dana").pools.set_limit("cpu", 2)
    assert as_caller("root").pools.set_limit("cpu", 2).limit == 2


def test_services_talk_to_each_other_with_the_instances_token_alone(instance: DevInstance) -> None:
    with grpc.insecure_channel(instance.target) as channel:
        runs = RunStoreServiceStub(channel)
        for token, code in (("rules", grpc.StatusCode.PERMISSION_DENIED), ("", grpc.StatusCode.UNAUTHENTICATED)):
            with pytest.raises(grpc.RpcError) as refused:
                runs.ListRuns(ListRunsRequest(), metadata=[("authorization", f"Bearer {token}")], timeout=10)
            assert refused.value.code() == code
        runs.ListRuns(ListRunsRequest(), metadata=[("authorization", "Bearer inner")], timeout=10)


def test_the_same_holds_over_http(instance: DevInstance) -> None:
    def post(token: str) -> int:
        request = urllib.request.Request(
            f"{instance.web}/headrace.api.gateway.v1.RunService/CreateRun",
            data=json.dumps({"jobName": "process_numbers"}).encode(),
            headers={"content-type": "application/json", "authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    assert [post(token) for token in ("guess", "sees", "launches")] == [401, 403, 200]


def test_a_run_knows_who_made_it_and_the_audit_who_did_what(instance: DevInstance, as_caller: AsCaller) -> None:
    run = as_caller("ci").submit_job("process_numbers")
    again = as_caller("dana").retry(as_caller("ci").wait(run.run_id).run_id, all_steps=True)
    assert (run.actor, again.actor) == ("ci", "dana")
    with pytest.raises(PermissionDeniedError):
        as_caller("wall").cancel(run.run_id)

    def noted() -> list[AuditEntry]:
        return [each for each in as_caller("root").access.audit() if each.caller.name in ("ci", "wall")]

    def refused() -> AuditEntry | None:
        return next((each for each in noted() if each.subjects.get("run_id") == run.run_id), None)

    entry = wait_until(refused, what="the entry of the refused call")
    assert (entry.caller.name, entry.caller.role, entry.code) == ("wall", "viewer", "PERMISSION_DENIED")
    assert entry.method == "headrace.api.gateway.v1.RunService/CancelRun"
    made = as_caller("root").access.audit(caller_name="ci", limit=1)[0]
    assert (made.subjects, made.code) == ({"job_name": "process_numbers"}, "OK")
    with pytest.raises(PermissionDeniedError, match="ListAuditEntries needs the role admin"):
        as_caller("dana").access.audit()


def test_the_command_line_shows_both(instance: DevInstance) -> None:
    shown = instance.cli("access", "whoami", "--token", "launches", "--json")
    assert shown.json == {"name": "ci", "role": "launcher", "location_names": []}
    denied = instance.cli("access", "audit", "--token", "launches")
    assert denied.code != 0
    assert denied.err.startswith("error: ListAuditEntries needs the role admin")
    assert instance.cli("access", "audit", "--token", "rules").code == 0


def test_an_instance_file_that_would_let_everybody_in_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "headrace.yaml"
    file.write_text("auth: {callers: {ci: {role: boss}}}\n")
    answer = call_cli("instance", "check", file)
    assert answer.code != 0
    for wrong in ("auth.callers: need auth.token", "auth.callers.ci.token: missing", "got 'boss'"):
        assert wrong in answer.err


CHANGES = [
    (method, pb)
    for pb in DOOR
    for service in pb.DESCRIPTOR.services_by_name.values()
    for method in map(method_of, (f"/{service.full_name}/{each.name}" for each in service.methods))
    if not method.reads
]


@pytest.fixture(scope="module")
def subjects(instance: DevInstance) -> dict[str, object]:
    """What is there in the location, by the names of the fields that requests ask for it with."""
    with Client(instance.target, token="rules") as client:
        run = client.wait(client.submit_job("process_numbers").run_id)
        backfill = client.backfills.create(assets=["sales"], partition_keys=["a"])
    return {
        "run_id": run.run_id,
        "backfill_id": backfill.backfill_id,
        "job_name": "process_numbers",
        "schedule_name": "yearly",
        "sensor_name": "never",
        "asset_key": AssetKey(path=["total"]),
    }


@pytest.mark.parametrize("method, pb", CHANGES, ids=lambda value: getattr(value, "name", ""))
def test_nobody_changes_anything_beyond_their_locations(
    instance: DevInstance, subjects: dict[str, object], method: Method, pb: ModuleType
) -> None:
    descriptor = pb.DESCRIPTOR.services_by_name[method.service.rpartition(".")[2]].methods_by_name[method.name]
    request = getattr(pb, descriptor.input_type.name)()
    for name in request.DESCRIPTOR.fields_by_name.keys() & subjects.keys():
        value = subjects[name]
        getattr(request, name).CopyFrom(value) if isinstance(value, AssetKey) else setattr(request, name, value)
    with grpc.insecure_channel(instance.target) as channel:
        call = channel.unary_unary(method.path, request.SerializeToString, lambda data: data)
        with pytest.raises(grpc.RpcError) as refused:
            call(request, metadata=[("authorization", "Bearer other")], timeout=10)
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert "otto may change something in elsewhere only" in str(refused.value.details())


def test_callers_do_in_their_locations_what_their_role_lets_them(as_caller: AsCaller) -> None:
    client = as_caller("tina")
    assert client.access.caller().location_names == ("definitions.py",)
    run = client.wait(client.submit_job("process_numbers").run_id)
    client.delete_run(run.run_id)
    assert client.wait(client.materialize(["total"]).run_id).succeeded
    with pytest.raises(PermissionDeniedError, match="not in what belongs to no one location"):
        client.partitions.add("fruits", ["fig"])
