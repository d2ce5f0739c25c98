"""A small service of four kinds of calls, made from descriptors, whose every answer a test decides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "headrace.test.probe.v1.ProbeService"
_FIELD = descriptor_pb2.FieldDescriptorProto
_NO_SIDE_EFFECTS = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
_IDEMPOTENT = descriptor_pb2.MethodOptions.IDEMPOTENT
_UNKNOWN = descriptor_pb2.MethodOptions.IDEMPOTENCY_UNKNOWN

# name → (request, client streams, server streams, idempotency)
METHODS: dict[str, tuple[str, bool, bool, Any]] = {
    "GetProbe": ("ProbeRequest", False, False, _NO_SIDE_EFFECTS),
    "CreateProbe": ("ProbeRequest", False, False, _UNKNOWN),
    "PutProbe": ("BlindRequest", False, False, _IDEMPOTENT),
    "SendProbe": ("BlindRequest", False, False, _UNKNOWN),
    "EvaluateProbe": ("BlindRequest", False, False, _NO_SIDE_EFFECTS),
    "WatchProbe": ("ProbeRequest", False, True, _NO_SIDE_EFFECTS),
    "WriteProbe": ("ProbeRequest", True, False, _UNKNOWN),
    "ExchangeProbe": ("ProbeRequest", True, True, _UNKNOWN),
}


def _file() -> descriptor_pb2.FileDescriptorProto:
    package, _, service_name = SERVICE.rpartition(".")
    file = descriptor_pb2.FileDescriptorProto(name="headrace/test/probe.proto", package=package, syntax="proto3")
    fields = {
        "ProbeRequest": [("text", _FIELD.TYPE_STRING), ("data", _FIELD.TYPE_BYTES), ("request_id", _FIELD.TYPE_STRING)],
        "BlindRequest": [("text", _FIELD.TYPE_STRING)],
        "ProbeResponse": [("text", _FIELD.TYPE_STRING), ("data", _FIELD.TYPE_BYTES)],
    }
    fields["ProbeRequest"].append(("epoch", _FIELD.TYPE_INT64))
    for name, declared in fields.items():
        message = file.message_type.add(name=name)
        for number, (field, kind) in enumerate(declared, start=1):
            message.field.add(name=field, number=number, type=kind, label=_FIELD.LABEL_OPTIONAL)
    service = file.service.add(name=service_name)
    for name, (request, client_streams, server_streams, level) in METHODS.items():
        method = service.method.add(
            name=name,
            input_type=f".{package}.{request}",
            output_type=f".{package}.ProbeResponse",
            client_streaming=client_streams,
            server_streaming=server_streams,
        )
        method.options.idempotency_level = level
    return file


descriptor_pool.Default().AddSerializedFile(_file().SerializeToString())
_MESSAGES = {
    name: message_factory.GetMessageClass(
        descriptor_pool.Default().FindMessageTypeByName(f"{SERVICE.rpartition('.')[0]}.{name}")
    )
    for name in ("ProbeRequest", "BlindRequest", "ProbeResponse")
}
ProbeRequest, BlindRequest, ProbeResponse = _MESSAGES.values()


class Probe:
    """The servicer; assign to `answers` what a method does."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[..., Any]] = {
            "WatchProbe": _watch,
            "WriteProbe": _write,
            "ExchangeProbe": _exchange,
        }

    def add_to(self, server: grpc.aio.Server) -> None:
        """Adds the servicer to a server, as generated code does."""
        handlers = {name: self._handler(name) for name in METHODS}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))

    def _handler(self, name: str) -> Any:
        request, client_streams, server_streams, _ = METHODS[name]
        make = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
            (True, True): grpc.stream_stream_rpc_method_handler,
        }[client_streams, server_streams]

        async def unary(request: Any, context: Any) -> Any:
            return await self.answers.get(name, _echo)(request, context)

        async def stream(request: Any, context: Any) -> Any:
            async for response in self.answers[name](request, context):
                yield response

        return make(
            stream if server_streams else unary,
            request_deserializer=_MESSAGES[request].FromString,
            response_serializer=ProbeResponse.SerializeToString,
        )


class ProbeStub:
    """What generated code would give a client; the same for synchronous channels."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        for name, (request, client_streams, server_streams, _) in METHODS.items():
            kind = f"{'stream' if client_streams else 'unary'}_{'stream' if server_streams else 'unary'}"
            opened = getattr(channel, kind)(
                f"/{SERVICE}/{name}",
                request_serializer=_MESSAGES[request].SerializeToString,
                response_deserializer=ProbeResponse.FromString,
                _registered_method=True,
            )
            setattr(self, name, opened)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


async def _echo(request: Any, context: Any) -> Any:
    return ProbeResponse(text=request.text)


async def _watch(request: Any, context: Any) -> AsyncIterator[Any]:
    for word in request.text.split():
        yield ProbeResponse(text=word)


async def _write(requests: Any, context: Any) -> Any:
    return ProbeResponse(text=" ".join([request.text async for request in requests]))


async def _exchange(requests: Any, context: Any) -> AsyncIterator[Any]:
    async for request in requests:
        yield ProbeResponse(text=request.text.upper())
