"""Mutations with a request id: repeating one has one effect and gives the same answer."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import TypeVar

from google.protobuf.message import Message

from headrace.errors import RequestIdReusedError
from headrace_services.storage.operations.checks import require
from headrace_services.storage.store import dedup
from headrace_services.storage.store.dedup import Answered
from headrace_services.storage.store.locks import request_lock
from headrace_services.storage.store.transaction import Intent, Transaction

Response = TypeVar("Response", bound=Message)

# Some answers say of themselves that they had been given before.
_REPEATED = "repeated"


def once(
    name: str,
    request: Message,
    response_type: type[Response],
    act: Callable[[Transaction], Response],
    locks: frozenset[int] = frozenset(),
    keep: Callable[[Response], bool] = lambda response: True,
    identity: Message | None = None,
) -> Intent[Response]:
    """Returns the intent that acts if the request is new and answers as before if it is not.

    Args:
        name: The intent.
        request: The request, with its id.
        response_type: What it is answered with.
        act: Does it.
        locks: What it touches.
        keep: Tells whether an answer is worth to be remembered.
        identity: What must be the same when it is repeated, where that is not the whole request.

    Raises:
        InvalidArgumentError: the request has no id.
    """
    require(request, "request_id")
    request_id: str = request.request_id  # type: ignore[attr-defined]
    # Now, because acting may fill the request's messages in.
    body = request.SerializeToString(deterministic=True)
    same = body if identity is None else identity.SerializeToString(deterministic=True)
    digest = blake2b(same, digest_size=16).digest()

    def act_once(tx: Transaction) -> Response:
        known = dedup.find(tx, request_id)
        if known is not None:
            if (known.method, known.digest) != (name, digest):
                raise RequestIdReusedError(f"request id {request_id} was used for another request: make a new one")
            answered = response_type.FromString(known.response)
            if _REPEATED in answered.DESCRIPTOR.fields_by_name:
                setattr(answered, _REPEATED, True)
            return answered
        response = act(tx)
        if keep(response):
            dedup.add(tx, request_id, Answered(name, digest, response.SerializeToString()))
        return response

    return Intent(name, act_once, locks | {request_lock(request_id)}, len(body))
