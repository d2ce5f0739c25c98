"""The synchronous client's interceptors: defaults on every call, and retries of unary ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import grpc

from headrace.rpc.methods import method_of
from headrace.rpc.policy import CallPolicy
from headrace.rpc.status import ending, is_final


class _Details(NamedTuple):
    method: str
    timeout: float | None
    metadata: Any
    credentials: Any
    wait_for_ready: Any
    compression: Any


class SyncPolicyInterceptor(
    grpc.UnaryUnaryClientInterceptor,  # type: ignore[type-arg]
    grpc.UnaryStreamClientInterceptor,  # type: ignore[type-arg]
    grpc.StreamUnaryClientInterceptor,  # type: ignore[type-arg]
    grpc.StreamStreamClientInterceptor,  # type: ignore[type-arg]
):
    """Applies a `CallPolicy` to the calls of a synchronous channel."""

    def __init__(self, policy: CallPolicy) -> None:
        self._policy = policy

    def intercept_unary_unary(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """Calls, and again while the policy and the deadline allow it."""
        filled = self._fill(details)
        tries = self._policy.tries(method_of(details.method), request, details.timeout)
        while True:
            call = continuation(filled._replace(timeout=tries.timeout()), request)
            if not self._policy.retry.repeats:
                # Nothing is done about how it ends: whoever waits for it may also break it off.
                return call
            code = ending(call)
            if code is grpc.StatusCode.OK:
                return call
            delay = tries.delay(code)
            if delay is None or is_final(call):
                return call
            time.sleep(delay)

    def intercept_unary_stream(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """Calls with the policy's deadline and metadata."""
        return continuation(self._fill(details), request)

    def intercept_stream_unary(self, continuation: Callable[..., Any], details: Any, requests: Any) -> Any:
        """Calls with the policy's deadline and metadata."""
        return continuation(self._fill(details), requests)

    def intercept_stream_stream(self, continuation: Callable[..., Any], details: Any, requests: Any) -> Any:
        """Calls with the policy's deadline and metadata."""
        return continuation(self._fill(details), requests)

    def _fill(self, details: Any) -> _Details:
        return _Details(
            details.method,
            self._policy.timeout(method_of(details.method), details.timeout),
            self._policy.metadata(details.metadata),
            details.credentials,
            getattr(details, "wait_for_ready", None),
            getattr(details, "compression", None),
        )
