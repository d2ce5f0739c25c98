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
    digest = hashlib.sha256(json.dumps(list(filters)).encode()).hexdigest()[:16]
    first = bisect_right(keys, _after(page_token, digest)) if page_token else 0
    page = keys[first : first + page_size]
    more = first + page_size < len(keys)
    return page, _token(digest, page[-1]) if more else ""


def size_of(page_size: int, default: int, largest: int) -> int:
    """Returns how many items a page has: what was asked for, within the limits."""
    return default if page_size <= 0 else min(page_size, largest)


def _token(digest: str, key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps([_VERSION, digest, *key]).encode()).decode().rstrip("=")


def _after(token: str, digest: str) -> Key:
    try:
        padded = token + "=" * (-len(token) % 4)
        version, of, *key = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        raise CursorMismatchError("the page token was not made by this list") from None
    if version != _VERSION or of != digest or not all(isinstance(part, str) for part in key):
        raise CursorMismatchError("the page token belongs to another list or filter: begin without one")
    return tuple(key)
