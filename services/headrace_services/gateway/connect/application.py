"""The ASGI application: finds the method, reads the request, calls the handler, writes the answer."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

import grpc
import grpc.aio
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import Message

from headrace.errors import HeadraceError, InvalidArgumentError, MessageTooLargeError
from headrace.rpc.channel import RECEIVE_LIMIT_BYTES
from headrace_services.gateway.connect import failures
from headrace_services.gateway.connect.codecs import CODECS, Codec
from headrace_services.gateway.connect.framing import EnvelopeFraming, Framing, LineFraming
from headrace_services.gateway.connect.http import Exchange
from headrace_services.gateway.connect.methods import HttpMethod, http_methods

_ACCEPTED = "application/json, application/proto, application/connect+json, application/connect+proto"
# What a caller may say about itself and its call; nothing else crosses from one door to the other.
_FORWARDED = ("authorization", "traceparent", "x-headrace-request-id")


class ConnectApplication:
    """Serves the services of some files.

    Args:
        channel: In-process channel to the handlers; it must add no identity of its own.
        files: Where the services are defined.
    """

    def __init__(self, channel: grpc.aio.Channel, files: Iterable[FileDescriptor]) -> None:
        self._methods = http_methods(files)
        self._channel = channel

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one HTTP request."""
        http = Exchange(scope, receive, send)
        method = self._methods.get(scope["path"])
        if method is None:
            return await http.answer(404, json.dumps({"code": "unimplemented", "message": "no such method"}).encode())
        if http.verb == "GET" and method.reads and not method.streams:
            return await self._get(method, http)
        if http.verb != "POST":
            return await http.answer(405, b"", {"allow": "GET, POST" if method.reads else "POST"})
        codec, envelopes = _codec(http.headers.get("content-type", ""))
        if codec is None or (envelopes and not method.streams):
            return await http.answer(415, b"", {"accept-post": _ACCEPTED})
        if not method.streams:
            return await self._unary(method, codec, http)
        if not envelopes and codec.name != "json":
            return await http.answer(415, b"", {"accept-post": _ACCEPTED})
        await self._stream(method, codec, EnvelopeFraming(codec) if envelopes else LineFraming(codec), http)

    async def _get(self, method: HttpMethod, http: Exchange) -> None:
        query = {key: values[-1] for key, values in parse_qs(http.query, keep_blank_values=True).items()}
        codec = CODECS.get(query.get("encoding", "json"))
        if codec is None or query.get("compression", ""):
            return await http.answer(415, b"")
        message = query.get("message", "")
        try:
            body = (
                base64.urlsafe_b64decode(message + "=" * (-len(message) % 4)) if "base64" in query else message.encode()
            )
        except ValueError:
            return await self._fail(http, InvalidArgumentError("`message` is no base64"))
        await self._unary(method, codec, http, body)

    async def _unary(self, method: HttpMethod, codec: Codec, http: Exchange, body: bytes | None = None) -> None:
        try:
            request = codec.decode(await _body(http) if body is None else body, method.request_type)
            timeout = _timeout(http)
            # No policy stands between this channel and the handlers: the default deadline is set here.
            limit = method.known.timeout if timeout is None else timeout
            call: Any = self._channel.unary_unary(
                method.path, method.request_type.SerializeToString, method.response_type.FromString
            )(request, timeout=limit, metadata=_metadata(http))
            response = await http.unless_gone(call)
        except HeadraceError as error:
            return await self._fail(http, error)
        except grpc.aio.AioRpcError as error:
            code, document = failures.of_call(error)
            return await http.answer(failures.http_status(code), json.dumps(document, ensure_ascii=False).encode())
        if response is not None:
            await http.answer(200, codec.encode(response), {"content-type": f"application/{codec.name}"})

    async def _stream(self, method: HttpMethod, codec: Codec, framing: Framing, http: Exchange) -> None:
        await http.begin(200, {"content-type": framing.content_type})
        error: dict[str, Any] | None = None
        try:
            request: Message = codec.decode(framing.request(await _body(http)), method.request_type)
            call: Any = self._channel.unary_stream(
                method.path, method.request_type.SerializeToString, method.response_type.FromString
            )(request, timeout=_timeout(http), metadata=_metadata(http))
            async with http.cancel_when_gone(call):
                async for response in call:
                    await http.write(framing.message(response))
        except HeadraceError as raised:
            _, error = failures.of_error(raised)
        except grpc.aio.AioRpcError as raised:
            _, error = failures.of_call(raised)
        except asyncio.CancelledError:
            if not http.gone:
                raise
            return
        await http.write(framing.end(error), more=False)

    async def _fail(self, http: Exchange, error: HeadraceError) -> None:
        code, document = failures.of_error(error)
        await http.answer(failures.http_status(code), json.dumps(document, ensure_ascii=False).encode())


def _codec(content_type: str) -> tuple[Codec | None, bool]:
    """Returns how messages are written, and whether they have envelopes."""
    kind = content_type.partition(";")[0].strip().lower().removeprefix("application/")
    return CODECS.get(kind.removeprefix("connect+")), kind.startswith("connect+")


async def _body(http: Exchange) -> bytes:
    encoding = http.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise InvalidArgumentError(f"content-encoding {encoding!r} is not taken; send the body as it is")
    body = await http.body(RECEIVE_LIMIT_BYTES)
    if body is None:
        raise MessageTooLargeError(f"the body is larger than {RECEIVE_LIMIT_BYTES} bytes")
    return body


def _timeout(http: Exchange) -> float | None:
    text = http.headers.get("connect-timeout-ms")
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 10:
        raise InvalidArgumentError(f"connect-timeout-ms is {text!r}; write milliseconds")
    return int(text) / 1000


def _metadata(http: Exchange) -> list[tuple[str, str]]:
    return [(name, http.headers[name]) for name in _FORWARDED if name in http.headers]
