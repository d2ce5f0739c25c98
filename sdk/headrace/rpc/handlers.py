"""The handlers of a process's services, each with a `Serving` around it; what remote and in-process servers share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import grpc
import grpc.aio

from headrace.rpc.serving import Handler, Serving


class Handlers(grpc.GenericRpcHandler):  # type: ignore[type-arg]
    """Collects servicers and finds the handler of a call.

    Attributes:
        serving: What is around every handler.
        services: The full names of the services that were added.
    """

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self.services: list[str] = []
        self._added: list[Any] = []
        self._found: dict[str, Handler | None] = {}

    def as_server(self) -> grpc.aio.Server:
        """Returns itself as what the generated `add_…Servicer_to_server` functions ask for."""
        return cast(grpc.aio.Server, self)

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[Any]) -> None:
        """Adds the handlers of one servicer; generated code calls it."""
        for handler in generic_rpc_handlers:
            self._added.append(handler)
            if isinstance(handler, grpc.ServiceRpcHandler):
                self.services.append(handler.service_name())
        self._found.clear()

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Any]) -> None:
        """Does nothing: generated code registers the same handlers a second time here."""

    def service(self, handler_call_details: Any) -> Handler | None:
        """Returns the wrapped handler of the method that is called, None if there is no such method."""
        path = handler_call_details.method
        if path in self._found:
            return self._found[path]
        for added in self._added:
            handler = added.service(handler_call_details)
            if handler is not None:
                return self._found.setdefault(path, self.serving.wrap(path, handler))
        # Not kept: what callers make up must not fill the memory.
        return None
