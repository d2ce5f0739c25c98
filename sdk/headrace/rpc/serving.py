"""What happens around every served call, remote or in process: scope, authentication, errors, metrics, drain."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Protocol

import grpc
import grpc.aio

from headrace.errors import (
    DrainingError,
    HeadraceError,
    InternalError,
    NotAnsweringError,
    UnavailableError,
    UnimplementedError,
)
from headrace.ids import Ids, RandomIds
from headrace.rpc import scope
from headrace.rpc.methods import Method, method_of
from headrace.rpc.policy import REQUEST_ID_KEY, TRACE_KEY
from headrace.rpc.scope import Caller, CallScope
from headrace.rpc.status import abort, from_rpc_error
from headrace.rpc.streams import CallerLeftError, OpenStream

logger = logging.getLogger(__name__)

# Whoever restarts or balances processes has no token.
_OPEN_TO_ALL = "grpc.health.v1.Health"

# Timers of the transport and ours are not one.
_CLOCK_SLACK_SECONDS = 0.005
_LONGEST_REQUEST_ID = 128

Handler = Any  # grpc.RpcMethodHandler; its fields have no types worth having
Behavior = Callable[[Any, Any], Any]
Action = Callable[[Any, Any], Awaitable[Any]]
Guard = Callable[[Any], Awaitable[None]]
"""Takes the request of a call that changes something, and raises what it is refused with."""


class CallObserver(Protocol):
    """Is told of every served call; metrics attach here."""

    def call_started(self, method: Method) -> None:
        """A call has come in."""
        ...

    def call_ended(self, method: Method, code: str, seconds: float) -> None:
        """A call has been answered with `code`, a gRPC code's name."""
        ...


class Authenticator(Protocol):
    """Finds out who calls, and whether they may."""

    async def authenticate(self, method: Method, metadata: Mapping[str, str | bytes]) -> Caller:
        """Returns the caller.

        Raises:
            UnauthenticatedError: nobody knows who calls.
        """
        ...

    def authorize(self, method: Method, caller: Caller) -> None:
        """Lets a caller call a method.

        Raises:
            PermissionDeniedError: the caller may not.
        """
        ...


class Auditor(Protocol):
    """Is told of every call that was answered, with who called and what for."""

    def call_answered(self, method: Method, scope: CallScope, request: Any, code: str) -> None:
        """A call has been answered with `code`, a gRPC code's name."""
        ...


class Serving:
    """Wraps the handlers of one process's services.

    Attributes:
        guard: Looks at requests that would change something before they are served.
    """

    def __init__(
        self,
        *,
        observer: CallObserver | None = None,
        authenticator: Authenticator | None = None,
        auditor: Auditor | None = None,
        ids: Ids | None = None,
    ) -> None:
        self._observer = observer
        self._authenticator = authenticator
        self._auditor = auditor
        self._ids = ids or RandomIds()
        self._streams: set[OpenStream] = set()
        self._draining = False
        self.guard: Guard | None = None

    def wrap(self, path: str, handler: Handler) -> Handler:
        """Returns a handler that does what `handler` does, with everything around it.

        A synchronous handler counts as not implemented: generated base classes have one for each method that a
        servicer leaves out, and any other would block every call of the process.
        """
        method = method_of(path)
        behavior, make = _parts(handler)
        action = _action(path, behavior, streams=handler.response_streaming)

        async def serve(request: Any, context: Any) -> Any:
            return await self._serve(method, action, request, context)

        async def serve_stream(request: Any, context: Any) -> None:
            task = asyncio.current_task()
            assert task is not None
            if self._draining:
                await abort(context, _draining())
            stream = OpenStream(task)
            self._streams.add(stream)
            try:
                await self._serve(method, partial(action, stream.write), request, context)
            finally:
                self._streams.discard(stream)

        wrapped = serve_stream if handler.response_streaming else serve
        return make(wrapped, handler.request_deserializer, handler.response_serializer)

    def end_streams(self) -> None:
        """Ends every stream to a client with DRAINING, and every one that comes after."""
        self._draining = True
        for stream in self._streams:
            stream.end()

    async def _serve(self, method: Method, action: Action, request: Any, context: Any) -> Any:
        started = time.monotonic()
        metadata = {key: value for key, value in context.invocation_metadata() or ()}
        current = self._scope(method, metadata, context, started)
        token = scope.enter(current)
        code = "OK"
        if self._observer is not None:
            self._observer.call_started(method)
        try:
            if self._authenticator is not None and method.service != _OPEN_TO_ALL:
                current.caller = await self._authenticator.authenticate(method, metadata)
                self._authenticator.authorize(method, current.caller)
                if self.guard is not None and not method.reads:
                    await self.guard(request)
            return await action(request, context)
        except grpc.aio.AbortError:
            code = _code_name(context.code())
            raise
        except CallerLeftError:
            code = "CANCELLED"
        except (Exception, asyncio.CancelledError) as error:
            answer = self._answer(method, error, current)
            code = answer.code if answer else _end_without_answer(current)
            if answer is None:
                raise
            await abort(context, answer)
        finally:
            current.ended = True
            scope.leave(token)
            if self._observer is not None:
                self._observer.call_ended(method, code, time.monotonic() - started)
            if self._auditor is not None:
                self._auditor.call_answered(method, current, request, code)

    def _scope(self, method: Method, metadata: Mapping[str, Any], context: Any, now: float) -> CallScope:
        remaining = context.time_remaining()
        return CallScope(
            method.path,
            self._request_id(metadata.get(REQUEST_ID_KEY)),
            None if remaining is None else now + remaining,
            metadata.get(TRACE_KEY, ""),
            Caller(),
        )

    def _request_id(self, given: Any) -> str:
        # It goes into every log line of the call, so a caller may not make it as long as a header allows.
        return given if isinstance(given, str) and 0 < len(given) <= _LONGEST_REQUEST_ID else self._ids.uuid7()

    def _answer(self, method: Method, error: BaseException, current: CallScope) -> HeadraceError | None:
        """Returns the error to answer with; None when nobody is left to answer."""
        if isinstance(error, HeadraceError):
            return error
        if isinstance(error, grpc.RpcError):
            return _passed_on(from_rpc_error(error))
        if isinstance(error, asyncio.CancelledError):
            return (
                DrainingError("the service is stopping: watch again from your last cursor") if self._draining else None
            )
        incident = self._ids.uuid7()
        logger.error(
            "a call failed by a bug",
            exc_info=error,
            extra={"incident": incident, "method": method.path, "request_id": current.request_id},
        )
        return InternalError(f"internal error, incident {incident}", metadata={"incident": incident})


def _passed_on(error: HeadraceError) -> HeadraceError:
    """Returns what to answer when a call failed that an answer needs."""
    if isinstance(error, NotAnsweringError):
        return UnavailableError(f"a service behind the one that was called is missing: {error}")
    return error


def _draining() -> DrainingError:
    return DrainingError("the service is stopping: watch again from your last cursor")


def _parts(handler: Handler) -> tuple[Behavior, Callable[..., Handler]]:
    if handler.request_streaming and handler.response_streaming:
        return handler.stream_stream, grpc.stream_stream_rpc_method_handler
    if handler.request_streaming:
        return handler.stream_unary, grpc.stream_unary_rpc_method_handler
    if handler.response_streaming:
        return handler.unary_stream, grpc.unary_stream_rpc_method_handler
    return handler.unary_unary, grpc.unary_unary_rpc_method_handler


def _action(path: str, behavior: Behavior, *, streams: bool) -> Callable[..., Awaitable[Any]]:
    """Returns what acts on a request and its context; for streams, on how to write an answer before them."""
    if inspect.iscoroutinefunction(behavior):
        return _writing_itself(behavior) if streams else behavior
    if not (streams and inspect.isasyncgenfunction(behavior)):

        async def refuse(*_: Any) -> None:
            raise UnimplementedError(f"{path} is not implemented by this server")

        return refuse

    async def write_all(write: Action, request: Any, context: Any) -> None:
        responses = behavior(request, context)
        try:
            async for response in responses:
                await write(context, response)
        finally:
            await responses.aclose()

    return write_all


def _writing_itself(behavior: Behavior) -> Callable[..., Awaitable[Any]]:
    async def act(_: Action, request: Any, context: Any) -> None:
        await behavior(request, context)

    return act


def _end_without_answer(current: CallScope) -> str:
    expired = current.deadline is not None and time.monotonic() >= current.deadline - _CLOCK_SLACK_SECONDS
    return "DEADLINE_EXCEEDED" if expired else "CANCELLED"


def _code_name(code: Any) -> str:
    if isinstance(code, grpc.StatusCode):
        return code.name
    for known in grpc.StatusCode:
        if known.value[0] == code:
            return known.name
    return "UNKNOWN"
