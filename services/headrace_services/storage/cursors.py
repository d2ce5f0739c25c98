"""Cursors and page tokens: opaque to callers; they name the list and filter that they belong to, and a place in it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Any

from google.protobuf.message import Message

from headrace.errors import CursorMismatchError

_VERSION = 1

Part = int | str


def filter_hash(name: str, *filters: Message | str | int) -> str:
    """Returns what tells lists apart: their name, and what they select."""
    digest = blake2b(name.encode(), digest_size=9)
    for each in filters:
        data = each.SerializeToString(deterministic=True) if isinstance(each, Message) else str(each).encode()
        digest.update(len(data).to_bytes(4, "big"))
        digest.update(data)
    return urlsafe_b64encode(digest.digest()).decode()


def encode(selected: str, *position: Part) -> str:
    """Returns the cursor of a place in the list that `selected` stands for."""
    data = json.dumps([_VERSION, selected, *position], separators=(",", ":"), ensure_ascii=False).encode()
    return urlsafe_b64encode(data).decode().rstrip("=")


def decode(cursor: str, selected: str, *kinds: type[Part]) -> tuple[Any, ...]:
    """Returns the place that a cursor names; `kinds` are the types of its parts.

    Raises:
        CursorMismatchError: it was made for another list or filter, or not by us.
    """
    try:
        version, found, *position = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        raise CursorMismatchError("this is no cursor or page token of ours: pass on what an answer gave") from None
    if version != _VERSION or found != selected:
        raise CursorMismatchError(
            "the cursor or page token belongs to another list or filter: keep the filter the same, or begin anew"
        )
    if [type(part) for part in position] != list(kinds):
        raise CursorMismatchError("the cursor or page token was damaged: begin anew")
    return tuple(position)
