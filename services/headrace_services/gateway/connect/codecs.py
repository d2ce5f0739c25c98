"""Messages as bytes of a body: JSON or protobuf."""

from __future__ import annotations

import base64
import json
from typing import Any, Protocol

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

from headrace.errors import InvalidArgumentError


class Codec(Protocol):
    """One way to write messages."""

    name: str

    def encode(self, message: Message) -> bytes:
        """Returns a message as bytes."""
        ...

    def decode(self, data: bytes, message_type: type[Message]) -> Message:
        """Returns the message in `data`.

        Raises:
            InvalidArgumentError: there is none.
        """
        ...


class JsonCodec:
    """ProtoJSON: camelCase names, RFC 3339 times, 64-bit numbers as text."""

    name = "json"

    def encode(self, message: Message) -> bytes:
        return json.dumps(to_json(message), ensure_ascii=False, separators=(",", ":")).encode()

    def decode(self, data: bytes, message_type: type[Message]) -> Message:
        message = message_type()
        try:
            document = json.loads(data or b"{}")
            if not isinstance(document, dict):
                raise json_format.ParseError("expected an object")
            # An unknown name is refused rather than dropped: a typing error must not make another run than was meant.
            json_format.ParseDict(document, message)
        except (json_format.ParseError, ValueError, RecursionError) as error:
            problem = str(error).replace("\n", " ")
            raise InvalidArgumentError(f"the body is no {message_type.DESCRIPTOR.name} in JSON: {problem}") from None
        return message


class ProtoCodec:
    """Protobuf's own bytes."""

    name = "proto"

    def encode(self, message: Message) -> bytes:
        return message.SerializeToString()

    def decode(self, data: bytes, message_type: type[Message]) -> Message:
        try:
            return message_type.FromString(data)
        except DecodeError:
            raise InvalidArgumentError(f"the body is no {message_type.DESCRIPTOR.name} in protobuf") from None


CODECS: dict[str, Codec] = {codec.name: codec for codec in (JsonCodec(), ProtoCodec())}


def to_json(message: Message) -> dict[str, Any]:
    """Returns a message as what a JSON document is made of."""
    document: dict[str, Any] = json_format.MessageToDict(message)
    return document


def unpadded_base64(data: bytes) -> str:
    """Returns bytes as the protocol writes them into JSON."""
    return base64.b64encode(data).decode().rstrip("=")
