"""Errors across the wire: an exception becomes a status with `ErrorInfo`, and comes back as the same exception."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn
from urllib.parse import unquote

import grpc

from headrace import errors
from headrace.errors import HeadraceError, InvalidArgumentError, ServiceError

DOMAIN = "headrace"
DETAILS_KEY = "grpc-status-details-bin"
# Peers may refuse headers beyond 8 KiB, and all of this travels in headers, the details in base64.
_LONGEST_SUMMARY = 200
_LONGEST_MESSAGE_BYTES = 2000
_LONGEST_METADATA_BYTES = 1000
# What gRPC says of a port that answers as a web server does.
_HTTP_PORT = "http1.x server"
# How gRPC begins, and where it names the address.
_CONNECTION_FAILED = "failed to connect to all addresses"
_ADDRESS = re.compile(r"(?:ipv4|ipv6|unix):(\S+?): ")
# What a server that stops says of calls which it took and no handler has begun; of those that were broken off on this
# side, there is a sentence.
_GIVEN_BACK = "CANCELLED"


@cache
def error_table() -> Mapping[tuple[str, str], type[HeadraceError]]:
    """Returns the table of (code, reason) ↔ class: every class of `headrace.errors` that declares its own reason."""
    table: dict[tuple[str, str], type[HeadraceError]] = {}
    for declared in vars(errors).values():
        if isinstance(declared, type) and issubclass(declared, HeadraceError) and "reason" in vars(declared):
            table.setdefault((declared.code, declared.reason), declared)
    return table


@cache
def _class_of_code(code: str) -> type[ServiceError]:
    """Returns the class for a code whose reason is not known here: a newer server, or no Headrace server at all."""
    for declared in vars(errors).values():
        if isinstance(declared, type) and issubclass(declared, ServiceError) and vars(declared).get("code") == code:
            return declared
    return ServiceError


def code_of(error: HeadraceError) -> grpc.StatusCode:
    """Returns the gRPC code that `error` travels as."""
    return grpc.StatusCode[error.code]


def to_status(error: HeadraceError) -> tuple[grpc.StatusCode, str, tuple[tuple[str, bytes], ...]]:
    """Returns the code, the message and the trailing metadata that say `error`."""
    from google.rpc import error_details_pb2, status_pb2

    message = str(error)
    status = status_pb2.Status(code=code_of(error).value[0], message=_clip(message, _LONGEST_MESSAGE_BYTES))
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=_fitting(error.metadata))
    status.details.add().Pack(info)
    if isinstance(error, InvalidArgumentError) and error.violations:
        bad_request = error_details_pb2.BadRequest()
        for field, description in _fitting(error.violations).items():
            bad_request.field_violations.add(field=field, description=description)
        status.details.add().Pack(bad_request)
    if isinstance(error, ServiceError) and error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromNanoseconds(int(error.retry_after * 1e9))
        status.details.add().Pack(retry)
    return code_of(error), message[:_LONGEST_SUMMARY], ((DETAILS_KEY, status.SerializeToString()),)


async def abort(context: grpc.aio.ServicerContext[Any, Any], error: HeadraceError) -> NoReturn:
    """Ends the call being served with `error`; raising the error itself does the same in our servers."""
    code, message, metadata = to_status(error)
    await context.abort(code, message, metadata)
    raise AssertionError("abort does not return")


def ending(call: Any) -> grpc.StatusCode:
    """Returns how a call ended, or an error says it did: UNAVAILABLE where the server gave it back when it stopped.

    gRPC's core answers such calls with CANCELLED, which is the word for callers that gave up.
    """
    code: grpc.StatusCode = call.code()
    given_back = code is grpc.StatusCode.CANCELLED and call.details() == _GIVEN_BACK
    return grpc.StatusCode.UNAVAILABLE if given_back else code


def from_rpc_error(error: grpc.RpcError, target: str = "") -> HeadraceError:
    """Returns the exception that a failed call stands for.

    Args:
        error: What a stub raised, synchronous or not.
        target: Where the call went, for the message when nothing answered there.
    """
    code = ending(error).name
    status = _details(error)
    if status is None:
        return _without_details(code, error.details() or "", target)
    info, bad_request, retry = _unpack(status)
    found = error_table().get((code, info.reason)) or _class_of_code(code)
    translated = found(status.message, metadata=dict(info.metadata))
    translated.code, translated.reason = code, info.reason
    if isinstance(translated, InvalidArgumentError):
        translated.violations = {each.field: each.description for each in bad_request.field_violations}
    if isinstance(translated, ServiceError) and retry.HasField("retry_delay"):
        translated.retry_after = retry.retry_delay.ToNanoseconds() / 1e9
    return translated


def is_final(error: grpc.RpcError) -> bool:
    """Tells whether a service said by itself that it cannot: it has tried, and its callers must not multiply its tries.

    What the transport says (nobody listens, the connection broke) is for the caller next to it to try again, and so is
    a service that is about to leave its place to another.
    """
    status = _details(error)
    return status is not None and _unpack(status)[0].reason != errors.DrainingError.reason


@contextmanager
def rpc_errors(target: str = "") -> Iterator[None]:
    """Turns the failed calls of its block into our exceptions."""
    try:
        yield
    except grpc.RpcError as error:
        raise from_rpc_error(error, target) from None


def _details(error: grpc.RpcError) -> Any:
    pairs: Any = error.trailing_metadata() or ()
    for key, value in pairs:
        if key == DETAILS_KEY:
            from google.rpc import status_pb2

            return status_pb2.Status.FromString(value)
    return None


def _unpack(status: Any) -> tuple[Any, Any, Any]:
    from google.rpc import error_details_pb2

    parts = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    for detail in status.details:
        any(detail.Unpack(part) for part in parts)
    return parts


def _without_details(code: str, details: str, target: str) -> HeadraceError:
    address, problem = _transport_problem(details)
    where = f" at {target or address}" if target or address else ""
    if code == "UNAVAILABLE":
        return errors.NotAnsweringError(f"nothing answers{where}: {problem}")
    if code == "DEADLINE_EXCEEDED":
        return errors.DeadlineExceededError(f"no answer{where} in time; whether it happened is unknown")
    if code == "RESOURCE_EXHAUSTED" and "larger than max" in details:
        return errors.MessageTooLargeError(details)
    found = _class_of_code(code)(details)
    found.code = code
    return found


def _transport_problem(details: str) -> tuple[str, str]:
    """Returns the address and the problem that a failed connection is told with; the rest is of use to nobody."""
    if details == _GIVEN_BACK:
        return "", "the server has stopped"
    if not details.startswith(_CONNECTION_FAILED):
        return "", details
    address = _ADDRESS.search(details)
    problem = (
        "this port speaks HTTP and no gRPC, which has a port of its own"
        if _HTTP_PORT in details
        else details.rpartition(": ")[2]
    )
    return unquote(address[1]) if address else "", problem


def _clip(text: str, size: int) -> str:
    data = text.encode()
    return text if len(data) <= size else data[: size - 3].decode(errors="ignore") + "…"


def _fitting(metadata: Mapping[str, str]) -> dict[str, str]:
    left = _LONGEST_METADATA_BYTES
    kept: dict[str, str] = {}
    for key, value in metadata.items():
        clipped = _clip(str(value), max(left - len(key), 3))
        left -= len(key) + len(clipped.encode())
        if left < 0:
            break
        kept[key] = clipped
    return kept
