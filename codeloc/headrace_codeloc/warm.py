"""What every worker would otherwise do anew in its first milliseconds, done once in the process that all are forked from.

Nothing here starts a thread: gRPC's core wakes up with the first channel, and that is the worker's own.
"""

from __future__ import annotations

import contextlib
import importlib

from headrace.api.worker.v1 import worker_service_pb2
from headrace.rpc.methods import method_of

# gRPC imports these when the first channel is opened.
_LATE_IMPORTS = ("grpc._channel", "grpc._interceptor", "grpc._simple_stubs", "grpc.experimental")


def warm_up() -> None:
    """Imports and caches what opening a channel and calling the coordinator need."""
    for name in _LATE_IMPORTS:
        # Names within gRPC that another version may not have; then workers are a little slower.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for service in worker_service_pb2.DESCRIPTOR.services_by_name.values():
        for method in service.methods:
            method_of(f"/{service.full_name}/{method.name}")
