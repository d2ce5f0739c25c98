"""Asking which version of an asset is recorded: it is noted with what is made of it."""

from __future__ import annotations

import grpc

from headrace.api.worker.v1.worker_service_pb2 import GetDataVersionRequest
from headrace.api.worker.v1.worker_service_pb2_grpc import WorkerServiceStub
from headrace.definitions.assets.key import AssetKey
from headrace.errors import UnavailableError
from headrace.execute.runs.versions import RecordedVersion
from headrace.wire.asset_keys import to_asset_key
from headrace_codeloc.worker.calls import Calls, UnreachableError

# A note about an input is worth no longer wait.
_SECONDS = 2.0


def recorded_versions(channel: grpc.Channel, address: str, run_id: str, epoch: int, run_token: str) -> RecordedVersion:
    """Returns what asks the coordinator, with one try: for the worker of a run, or of one of its steps.

    Args:
        channel: Open, without retries of its own.
        address: Where it leads, for messages.
        run_id: The run.
        epoch: Of its holder.
        run_token: Of its holder.
    """
    stub, calls = WorkerServiceStub(channel), Calls(address)

    def ask(key: AssetKey, partition: str | None) -> str | None:
        request = GetDataVersionRequest(
            run_id=run_id,
            epoch=epoch,
            run_token=run_token,
            asset_key=to_asset_key(key),
            partition_key=partition or "",
        )
        try:
            return calls.once(stub.GetDataVersion, request, _SECONDS).data_version or None
        except UnreachableError as error:
            raise UnavailableError(str(error)) from error

    return ask
