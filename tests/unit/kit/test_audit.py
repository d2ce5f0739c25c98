"""Calls on their way into the audit."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from headrace.api.gateway.v1.backfill_service_pb2 import CreateBackfillRequest
from headrace.api.gateway.v1.run_service_pb2 import CreateRunRequest
from headrace.api.storage.v1.audit_service_pb2 import AppendAuditEntriesRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.types.v1.role_pb2 import ROLE_LAUNCHER
from headrace.clock import SystemClock
from headrace.ids import RandomIds
from headrace.rpc.methods import method_of
from headrace.rpc.scope import Caller, CallScope
from headrace_services.kit import audit
from headrace_services.kit.audit import AuditTrail, subjects_of
from headrace_services.kit.metrics import Metrics

RUNS = "/headrace.api.gateway.v1.RunService/"


class Storage:
    """Keeps what it is brought, unless it is away."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.code: grpc.StatusCode | None = None

    async def AppendAuditEntries(self, request: AppendAuditEntriesRequest) -> None:
        if self.code is not None:
            raise grpc.aio.AioRpcError(self.code, grpc.aio.Metadata(), grpc.aio.Metadata())
        self.kept += [f"{each.caller_name} {each.method.rpartition('/')[2]} {each.code}" for each in request.entries]


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
def trail(storage: Storage) -> AuditTrail:
    made = AuditTrail(SystemClock(), RandomIds(), Metrics())
    made._storage = storage  # type: ignore[assignment]
    return made


def call(trail: AuditTrail, path: str, code: str = "OK", request: Any = None) -> None:
    scope = CallScope(path, "1", None, "", Caller("ci", ROLE_LAUNCHER))
    trail.call_answered(method_of(path), scope, request or CreateRunRequest(), code)


async def test_what_changes_something_at_the_gateway_is_kept_refused_or_not(
    trail: AuditTrail, storage: Storage
) -> None:
    call(trail, f"{RUNS}CreateRun")
    call(trail, f"{RUNS}DeleteRun", "PERMISSION_DENIED")
    await trail.tick(SystemClock().now())
    assert storage.kept == ["ci CreateRun OK", "ci DeleteRun PERMISSION_DENIED"]


async def test_reading_calls_of_services_and_strangers_leave_nothing(trail: AuditTrail, storage: Storage) -> None:
    call(trail, f"{RUNS}ListRuns")
    call(trail, "/headrace.api.storage.v1.RunStoreService/DeleteRun")
    call(trail, f"{RUNS}CreateRun", "UNAUTHENTICATED")
    await trail.tick(SystemClock().now())
    assert storage.kept == []


async def test_entries_wait_until_storage_is_back(trail: AuditTrail, storage: Storage) -> None:
    storage.code = grpc.StatusCode.UNAVAILABLE
    call(trail, f"{RUNS}CreateRun")
    with pytest.raises(grpc.RpcError):
        await trail.tick(SystemClock().now())
    storage.code = None
    call(trail, f"{RUNS}CancelRun")
    await trail.leave()
    assert storage.kept == ["ci CreateRun OK", "ci CancelRun OK"]


async def test_what_waits_is_bounded_the_oldest_make_room(
    trail: AuditTrail, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_MOST_WAITING", 2)
    for name in ("CreateRun", "CancelRun", "DeleteRun"):
        call(trail, RUNS + name)
    await trail.leave()
    assert storage.kept == ["ci CancelRun OK", "ci DeleteRun OK"]


def test_a_request_is_about_its_names_and_ids_and_nothing_else() -> None:
    run = CreateRunRequest(
        request_id="r", location_name="sales", job_name="load", run_config=Payload(text='{"password": "x"}')
    )
    assert {tag.key: tag.value for tag in subjects_of(run)} == {"location_name": "sales", "job_name": "load"}
    backfill = CreateBackfillRequest(asset_selection=[AssetKey(path=["a", "b"]), AssetKey(path=["c"])], title="x")
    assert {tag.key: tag.value for tag in subjects_of(backfill)} == {"asset_selection": "a/b, c"}
