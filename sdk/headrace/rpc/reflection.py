"""Server reflection, loaded when somebody first asks: it is for people with grpcurl, not for idle memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import grpc

from headrace.rpc.serving import Handler

# Both names speak the same messages on the wire; the Python package only registers the older one.
_SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")
_PATHS = frozenset(f"/{service}/ServerReflectionInfo" for service in _SERVICES)


class LazyReflection(grpc.GenericRpcHandler):  # type: ignore[type-arg]
    """Answers what services and messages there are."""

    def __init__(self, services: Iterable[str]) -> None:
        self._services = (*services, *_SERVICES)
        self._handler: Handler | None = None

    def service(self, handler_call_details: Any) -> Handler | None:
        """Returns the handler of the method that is called, if it is one of reflection's."""
        if handler_call_details.method not in _PATHS:
            return None
        if self._handler is None:
            self._handler = self._load()
        return self._handler

    def _load(self) -> Handler:
        from grpc_reflection.v1alpha import _async, reflection_pb2

        servicer = _async.ReflectionServicer(self._services)
        return grpc.stream_stream_rpc_method_handler(
            servicer.ServerReflectionInfo,
            request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
            response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
        )
