"""`python -m headrace.rpc.probe [ADDRESS]`: whether a server of Headrace answers, for the health checks of containers."""

from __future__ import annotations

import os
import sys

VARIABLE = "HEADRACE_PROBE"
"""The address to ask where none is given."""
SECONDS = 3.0


def problem_of(address: str, seconds: float = SECONDS) -> str:
    """Returns why the server at an address is not fit to be called; empty if it is."""
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with grpc.insecure_channel(address) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=seconds)
        except grpc.RpcError as error:
            return f"{address} does not answer: {error.details() or error.code()}"
    state = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    return "" if answer.status == health_pb2.HealthCheckResponse.SERVING else f"{address} is {state}"


def main(argv: list[str]) -> int:
    """Asks, and returns the exit code."""
    address = argv[0] if argv else os.environ.get(VARIABLE, "")
    if not address:
        sys.stderr.write(f"give an address, or set {VARIABLE}\n")
        return 2
    problem = problem_of(address)
    if problem:
        sys.stderr.write(f"{problem}\n")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
