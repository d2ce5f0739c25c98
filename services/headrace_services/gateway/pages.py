"""Pages of lists that the gateway puts together itself: sorted by a key, continued after the last key seen."""

from __future__ import annotations

import base64
import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence

from headrace.errors import CursorMismatchError

Key = tuple[str, ...]

_VERSION = 1


def page_of(keys: Sequence[Key], filters: Sequence[str], page_size: int, page_token: str) -> tuple[Sequence[Key], str]:
    """Returns the keys of a page, and the token of the next one.

    Args:
        keys: All keys, sorted.
        filters: What the list was asked for; a token is good for the same question only.
        page_size: How many.
        page_token: From the page before; empty for the first.

    Raises:
        CursorMismatchError: the token belongs to another list.
    """
    first = bisect_right(keys, place_of(page_token, filters)) if page_token else 0
    page = keys[first : first + page_size]
    more = first + page_size < len(keys)
    return page, token_of(page[-1], filters) if more else ""


def size_of(page_size: int, default: int, largest: int) -> int:
    """Returns how many items a page has: what was asked for, within the limits."""
    return default if page_size <= 0 else min(page_size, largest)


def token_of(place: Key, filters: Sequence[str]) -> str:
    """Returns the token that leads to a place of the list that was asked for."""
    content = json.dumps([_VERSION, _digest(filters), *place])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def place_of(page_token: str, filters: Sequence[str]) -> Key:
    """Returns the place that a token leads to.

    Raises:
        CursorMismatchError: the token belongs to another list.
    """
    try:
        padded = page_token + "=" * (-len(page_token) % 4)
        version, of, *key = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        raise CursorMismatchError("the page token was not made by this list") from None
    if version != _VERSION or of != _digest(filters) or not all(isinstance(part, str) for part in key):
        raise CursorMismatchError("the page token belongs to another list or filter: begin without one")
    return tuple(key)


def _digest(filters: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(filters)).encode()).hexdigest()[:16]
