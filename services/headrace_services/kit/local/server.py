"""The serving side of in-process calls."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio

from headrace.rpc.handlers import Handlers
from headrace.rpc.server import AddServicers
from headrace.rpc.serving import Handler, Serving
from headrace_services.kit.local.context import LocalContext
from headrace_services.kit.local.exchange import EOF, Exchange, Outcome, too_large


@dataclass(frozen=True, slots=True)
class _CallDetails:
    method: str
    invocation_metadata: tuple[Any, ...] = ()


class LocalServer:
    """Serves the services of this process to each other."""

    def __init__(self, serving: Serving) -> None:
        self._handlers = Handlers(serving)
        self._calls: set[Exchange] = set()
        self._stopped = False

    @property
    def services(self) -> Iterable[str]:
        """The full names of the services that were added."""
        return tuple(self._handlers.services)

    def add(self, add_servicers: AddServicers) -> None:
        """Adds servicers, as to a network server."""
        add_servicers(self._handlers.as_server())

    def open(self, exchange: Exchange) -> None:
        """Begins to serve a call."""
        if self._stopped:
            exchange.finish(Outcome(grpc.StatusCode.UNAVAILABLE, "the service has stopped"))
            return
        handler = self._handlers.service(_CallDetails(exchange.method))
        if handler is None:
            exchange.finish(Outcome(grpc.StatusCode.UNIMPLEMENTED, "Method not found!"))
            return
        self._calls.add(exchange)
        exchange.callbacks.append(lambda: self._calls.discard(exchange))
        loop = asyncio.get_running_loop()
        # A context of its own: what the caller has in its context variables would not cross a network either.
        exchange.server_task = contextvars.Context().run(loop.create_task, _serve(handler, exchange))

    async def stop(self, grace: float | None = None) -> None:
        """Refuses new calls, gives those in flight `grace` seconds, and ends the rest."""
        self._stopped = True
        calls = list(self._calls)
        if calls and grace:
            tasks = [asyncio.ensure_future(call.wait()) for call in calls]
            _, late = await asyncio.wait(tasks, timeout=grace)
            for task in late:
                task.cancel()
        for call in calls:
            call.cancel(grpc.StatusCode.UNAVAILABLE, "the service has stopped")


async def _serve(handler: Handler, exchange: Exchange) -> None:
    context = LocalContext(exchange, handler.request_deserializer, handler.response_serializer)
    try:
        request = context.requests() if handler.request_streaming else await context.read()
        if request is EOF:
            return
        response = await _behavior(handler)(request, context)
        outcome = context.outcome()
        if not handler.response_streaming and outcome.code is grpc.StatusCode.OK:
            message = handler.response_serializer(response)
            outcome = too_large(message, "CLIENT") or outcome
            await exchange.responses.put(message)
        exchange.finish(outcome)
    except grpc.aio.AbortError:
        pass
    except asyncio.CancelledError:
        exchange.finish(Outcome(grpc.StatusCode.CANCELLED, "the call was canceled"))
    except Exception as error:
        exchange.finish(Outcome(grpc.StatusCode.UNKNOWN, f"Unexpected {type(error)}: {error}"))


def _behavior(handler: Handler) -> Callable[[Any, Any], Any]:
    behavior: Callable[[Any, Any], Any] = (
        handler.stream_stream or handler.stream_unary or handler.unary_stream or handler.unary_unary
    )
    return behavior
