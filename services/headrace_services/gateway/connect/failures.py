"""Errors as the protocol writes them."""

from __future__ import annotations

from typing import Any

import grpc
import grpc.aio
from google.rpc import error_details_pb2, status_pb2

from headrace.errors import HeadraceError
from headrace.rpc.status import DETAILS_KEY, to_status
from headrace_services.gateway.connect.codecs import to_json, unpadded_base64

_HTTP_STATUS = {
    "CANCELLED": 499,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "UNAUTHENTICATED": 401,
}
_DETAILS = {
    each.DESCRIPTOR.full_name: each
    for each in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo)
}


def http_status(code: grpc.StatusCode) -> int:
    """Returns the HTTP status that goes with a code."""
    return _HTTP_STATUS.get(code.name, 500)


def of_error(error: HeadraceError) -> tuple[grpc.StatusCode, dict[str, Any]]:
    """Returns the code and the document of an error raised on this side of the handlers."""
    code, message, metadata = to_status(error)
    return code, _document(code, message, dict(metadata).get(DETAILS_KEY))


def of_call(error: grpc.aio.AioRpcError) -> tuple[grpc.StatusCode, dict[str, Any]]:
    """Returns the code and the document of an error that a handler answered with."""
    trailing: Any = error.trailing_metadata() or ()
    return error.code(), _document(error.code(), error.details() or "", dict(trailing).get(DETAILS_KEY))


def _document(code: grpc.StatusCode, message: str, details: bytes | None) -> dict[str, Any]:
    # The protocol spells one code as the rest of the world does.
    document: dict[str, Any] = {"code": "canceled" if code.name == "CANCELLED" else code.name.lower()}
    status = status_pb2.Status.FromString(details) if details else status_pb2.Status(message=message)
    if status.message or message:
        document["message"] = status.message or message
    if status.details:
        document["details"] = [_detail(each) for each in status.details]
    return document


def _detail(packed: Any) -> dict[str, Any]:
    name = packed.type_url.rpartition("/")[2]
    detail: dict[str, Any] = {"type": name, "value": unpadded_base64(packed.value)}
    if name in _DETAILS:
        detail["debug"] = to_json(_DETAILS[name].FromString(packed.value))
    return detail
