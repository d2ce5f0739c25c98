"""Asking a gRPC server whether it serves, by the standard health service."""

from __future__ import annotations

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from rig.waiting import wait_until


def is_serving(address: str) -> bool:
    """Tells whether the server at `address` answers and serves."""
    with grpc.insecure_channel(address) as channel:
        try:
            answer = HealthStub(channel).Check(HealthCheckRequest(), timeout=2)
        except grpc.RpcError:
            return False
    return answer.status == HealthCheckResponse.SERVING


def wait_until_serving(address: str, timeout: float = 20.0) -> None:
    """Waits until the server at `address` serves."""
    wait_until(lambda: is_serving(address), timeout, what=f"{address} serving")
