"""The methods that are offered over HTTP, read from their descriptors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from headrace.rpc.methods import Method, method_of


@dataclass(frozen=True, slots=True)
class HttpMethod:
    """One method.

    Attributes:
        path: The same on both doors, `/package.Service/Method`.
        known: What the contract says about it.
        request_type: The class of its request.
        response_type: The class of its responses.
        streams: Whether it answers with a stream.
        reads: Whether it has no side effects, so that GET may call it.
    """

    path: str
    known: Method
    request_type: type[Message]
    response_type: type[Message]
    streams: bool
    reads: bool


def http_methods(files: Iterable[FileDescriptor]) -> Mapping[str, HttpMethod]:
    """Returns the methods of all services in `files` by path."""
    methods: dict[str, HttpMethod] = {}
    for file in files:
        for service in file.services_by_name.values():
            for method in service.methods:
                path = f"/{service.full_name}/{method.name}"
                options = method.GetOptions()
                methods[path] = HttpMethod(
                    path,
                    method_of(path),
                    GetMessageClass(method.input_type),
                    GetMessageClass(method.output_type),
                    streams=method.server_streaming,
                    reads=options.idempotency_level == options.NO_SIDE_EFFECTS,
                )
    return methods
